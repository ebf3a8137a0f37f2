// All things of the world as figures: which instance each one is, where it is shown now, and how it
// is coloured. Things that are carried go where their carrier is shown.
import { Color, type Scene } from 'three';
import { generationColour, kindColour, thirstColour } from './colours';
import { Figures } from './figures';
import { Cadence, Motion } from './motion';
import type { Place, Thing } from './protocol';
import { botParts, kindParts } from './shapes';
import type { Changes } from './store';

export interface Body {
  thing: Thing;
  slot: number; // in the motion
  index: number; // among the figures
  group: string;
  load: number; // how manieth of its carrier's things; 0 where it stands on the ground
  look: number; // what its colours were made from, so that they are made only when they differ
}

const FAR = 500; // metres; longer steps are jumps
const colour = new Color();

/** A number for all that look the same: water to a hundredth, and generation. */
function lookOf({ props }: Thing): number {
  const level = props.drink ?? props.ripe ?? props.water;
  const share = typeof level === 'number' ? Math.round(Math.min(1, Math.max(0, level)) * 100) : 100;
  return share + (typeof props.generation === 'number' ? props.generation * 128 : 0);
}

export class Bodies {
  readonly byId = new Map<string, Body>();
  readonly magnify = { value: 1 };
  private readonly fixed = { value: 1 };
  private readonly motion = new Motion();
  private readonly cadence = new Cadence();
  private readonly groups = new Map<string, { figures: Figures; members: Body[] }>();
  private readonly bySlot: (Body | undefined)[] = [];
  private readonly carried = new Set<Body>();
  solid: (kind: string) => boolean = () => true;
  isCrowd = false; // so many that each is drawn plainly; settled before the first one comes

  constructor(private readonly scene: Scene) {}

  get movingCount(): number {
    return this.motion.movingCount;
  }

  /** Takes what an event changed. `glides` is false where time was jumped over. */
  take(changes: Changes, now: number, glides: boolean): void {
    if (changes.reset) this.settle(changes, now, glides);
    for (const thing of changes.removed) if (!changes.reset) this.remove(thing.id);
    if (!changes.reset) for (const thing of changes.added) this.add(thing);
    const duration = changes.moved.length > 0 ? this.cadence.beat(now) : 0;
    for (const thing of changes.moved) this.move(thing, now, glides ? duration : 0);
    for (const thing of changes.changed) {
      const body = this.byId.get(thing.id);
      if (!body) continue;
      this.paint(body);
      this.hold(body);
    }
  }

  /** Whether anything goes on moving. */
  advance(now: number): boolean {
    const isMoving = this.motion.advance(now, (slot) => {
      const body = this.bySlot[slot];
      if (body) this.write(body);
    });
    for (const body of this.carried) this.write(body);
    return isMoving;
  }

  /** Where a thing is shown now. */
  placeOf(id: string): Place | null {
    const body = this.byId.get(id);
    if (!body) return null;
    if (body.load > 0) {
      const carrier = this.placeOf(body.thing.parent);
      const by = this.byId.get(body.thing.parent);
      if (carrier && by) {
        const lift = by.thing.dims[1] * (0.98 + 0.16 * (body.load - 1));
        return [carrier[0], carrier[1] + lift * this.scaleOf(by), carrier[2]];
      }
    }
    const at = body.slot * 4;
    const shown = this.motion.shown;
    return [shown[at], shown[at + 1], shown[at + 2]];
  }

  /** How much larger than life it is drawn. */
  scaleOf(body: Body): number {
    return this.isMagnified(body.thing) ? this.magnify.value : 1;
  }

  clear(): void {
    for (const { figures } of this.groups.values()) figures.dispose();
    this.groups.clear();
    this.byId.clear();
    this.bySlot.length = 0;
    this.carried.clear();
  }

  /** A new state: who was there before glides to where it is now, the others appear. */
  private settle(changes: Changes, now: number, glides: boolean): void {
    for (const thing of changes.removed) this.remove(thing.id);
    for (const thing of changes.added) {
      const body = this.byId.get(thing.id);
      if (!body || body.group !== this.groupOf(thing)) {
        if (body) this.remove(thing.id);
        this.add(thing);
        continue;
      }
      body.thing = thing;
      this.move(thing, now, glides ? 180 : 0);
      this.paint(body);
      this.hold(body);
    }
  }

  private groupOf(thing: Thing): string {
    if (thing.kind !== 'bot') return `kind ${thing.kind}`;
    return thing.props.female === true ? 'female' : 'male';
  }

  private isMagnified(thing: Thing): boolean {
    return thing.kind === 'bot' || !this.solid(thing.kind);
  }

  private add(thing: Thing): void {
    const group = this.groupOf(thing);
    let found = this.groups.get(group);
    if (!found) {
      const parts =
        thing.kind === 'bot'
          ? botParts(group === 'female', this.isCrowd)
          : kindParts(thing.kind, this.solid(thing.kind));
      const by = this.isMagnified(thing) ? this.magnify : this.fixed;
      found = { figures: new Figures(this.scene, parts, by), members: [] };
      this.groups.set(group, found);
    }
    // A heading for each, so that a crowd does not stare in one direction.
    const heading =
      thing.kind === 'bot' ? (Number.parseInt(thing.id.slice(-4), 16) * 2.4) % 6.283 : 0;
    const slot = this.motion.add(...thing.pos, heading);
    const body: Body = { thing, slot, index: found.figures.add(), group, load: 0, look: -1 };
    found.members[body.index] = body;
    this.byId.set(thing.id, body);
    this.bySlot[slot] = body;
    this.write(body);
    this.paint(body);
    this.hold(body);
  }

  private remove(id: string): void {
    const body = this.byId.get(id);
    const found = body && this.groups.get(body.group);
    if (!body || !found) return;
    this.byId.delete(id);
    this.carried.delete(body);
    this.bySlot[body.slot] = undefined;
    this.motion.remove(body.slot);
    found.figures.remove(body.index);
    const last = found.members.pop();
    if (last && last !== body) {
      last.index = body.index;
      found.members[last.index] = last;
    }
  }

  private move(thing: Thing, now: number, duration: number): void {
    const body = this.byId.get(thing.id);
    if (!body) return;
    const [x, y, z] = thing.pos;
    const { shown } = this.motion;
    const isFar = Math.abs(x - shown[body.slot * 4]) + Math.abs(z - shown[body.slot * 4 + 2]) > FAR;
    if (duration > 0 && !isFar) {
      this.motion.glide(body.slot, x, y, z, now, duration);
    } else {
      this.motion.jump(body.slot, x, y, z);
      this.write(body);
    }
  }

  /** Takes note of who carries it. */
  private hold(body: Body): void {
    const carrier = this.byId.get(body.thing.parent);
    if (!carrier) {
      if (body.load > 0) {
        body.load = 0;
        this.carried.delete(body);
        this.write(body);
      }
      return;
    }
    if (body.load > 0) return;
    let load = 1;
    for (const other of this.carried) if (other.thing.parent === body.thing.parent) ++load;
    body.load = load;
    this.carried.add(body);
    this.write(body);
  }

  private write(body: Body): void {
    const found = this.groups.get(body.group);
    if (!found) return;
    const [width, height, depth] = body.thing.dims;
    const at = body.slot * 4;
    const [x, y, z] =
      body.load > 0
        ? (this.placeOf(body.thing.id) ?? body.thing.pos)
        : [this.motion.shown[at], this.motion.shown[at + 1], this.motion.shown[at + 2]];
    // A figure faces any way, so its depth is not the one of the box that it stands for.
    const deep = body.thing.kind === 'bot' ? width : depth;
    found.figures.place(body.index, x, y, z, this.motion.shown[at + 3], width, height, deep);
  }

  private paint(body: Body): void {
    const figures = this.groups.get(body.group)?.figures;
    if (!figures) return;
    const { thing, index } = body;
    const look = lookOf(thing);
    if (look === body.look) return;
    body.look = look;
    if (thing.kind !== 'bot') {
      colour.set(kindColour(thing.kind));
      // What is not ripe, not full, is paler.
      const level = thing.props.ripe ?? thing.props.water;
      if (typeof level === 'number' && level < 1) colour.lerp(new Color('#8d9a6b'), 0.75);
      figures.paint(index, 'kind', colour);
      return;
    }
    figures.paint(index, 'thirst', thirstColour(thing.props.drink, colour));
    figures.paint(index, 'generation', generationColour(thing.props.generation, colour));
  }
}
