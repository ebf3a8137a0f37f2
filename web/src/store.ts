// The things of the world that is shown, fed by snapshots and deltas, whether they come from a
// living world, from a rerun, or from a state in its history. Knows nothing of sockets or pixels.
import type { Death, Delta, Snapshot, Thing } from './protocol';

/** What one event changed. After `reset` all else is to be forgotten first. */
export interface Changes {
  reset: boolean;
  added: Thing[];
  moved: Thing[];
  changed: Thing[]; // other properties, or another carrier
  removed: Thing[];
  died: (Death & { thing?: Thing })[];
}

export class ThingStore {
  readonly things = new Map<string, Thing>();
  seq = 0;
  tick = 0;

  /** Takes a whole state. */
  reset(state: Omit<Snapshot, 'sub'>): Changes {
    const before = new Map(this.things);
    this.things.clear();
    this.seq = state.seq;
    this.tick = state.tick;
    for (const thing of state.things) this.things.set(thing.id, thing);
    const removed = [...before.values()].filter((t) => !this.things.has(t.id));
    return { reset: true, added: state.things, moved: [], changed: [], removed, died: [] };
  }

  /** Takes what changed. A delta from before the present state is no news; null then. */
  apply(delta: Omit<Delta, 'sub'>): Changes | null {
    if (delta.seq < this.seq) return null;
    this.seq = delta.seq;
    this.tick = delta.tick;
    const out: Changes = {
      reset: false,
      added: [],
      moved: [],
      changed: [],
      removed: [],
      died: [],
    };
    for (const death of delta.died) out.died.push({ ...death, thing: this.things.get(death.id) });
    for (const id of delta.del) {
      const gone = this.things.get(id);
      if (gone) out.removed.push(gone);
      this.things.delete(id);
    }
    for (const thing of delta.add) {
      const old = this.things.get(thing.id);
      if (old) out.removed.push(old);
      this.things.set(thing.id, thing);
      out.added.push(thing);
    }
    this.update(delta, out);
    return out;
  }

  /** The living bots. */
  bots(): Thing[] {
    return [...this.things.values()].filter((t) => t.kind === 'bot');
  }

  count(kind: string): number {
    let count = 0;
    for (const thing of this.things.values()) if (thing.kind === kind) ++count;
    return count;
  }

  private update(delta: Omit<Delta, 'sub'>, out: Changes): void {
    for (const change of delta.upd) {
      const thing = this.things.get(change.id);
      if (!thing) continue; // of a thing that is gone by now
      if (change.pos) {
        thing.pos = change.pos;
        out.moved.push(thing);
      }
      if (change.parent !== undefined) thing.parent = change.parent;
      if (change.props) Object.assign(thing.props, change.props);
      if (change.props || change.parent !== undefined) out.changed.push(thing);
    }
  }
}
