// The world in three dimensions: ground, figures, names, the camera, and what is picked in it.
import { Mesh, MeshBasicMaterial, RingGeometry, Vector2, Raycaster } from 'three';
import { Bodies } from './bodies';
import { styleColour } from './colours';
import { Controls } from './controls';
import { Ground } from './ground';
import { Labels } from './labels';
import { pick, type Target } from './pick';
import type { Place, World } from './protocol';
import { Rig } from './rig';
import { Stage } from './stage';
import type { Changes } from './store';

const MAGNIFY_FROM = 45; // metres of distance, from which on figures are drawn larger
const MAGNIFY_MAX = 14;
const CROWD = 1500; // bots

/** How much larger than life bots are drawn, so that they are more than a dot from afar. */
export function magnification(distance: number): number {
  return Math.min(MAGNIFY_MAX, Math.max(1, distance / MAGNIFY_FROM));
}

export class View3d {
  readonly rig = new Rig();
  readonly stage: Stage;
  readonly bodies: Bodies;
  readonly labels: Labels;
  onSelect: (id: string | null) => void = () => {};
  onCamera: () => void = () => {};
  selected: string | null = null;

  private readonly ground = new Ground();
  private readonly ring: Mesh<RingGeometry, MeshBasicMaterial>;
  private readonly ray = new Raycaster();
  private dims: Place = [10, 10, 10];

  /** Throws where there is no WebGL. */
  constructor(canvas: HTMLCanvasElement, labelLayer: HTMLElement) {
    this.stage = new Stage(canvas);
    this.bodies = new Bodies(this.stage.scene);
    this.labels = new Labels(labelLayer, this.bodies, this.stage.camera);
    this.ring = new Mesh(
      new RingGeometry(0.62, 0.78, 40).rotateX(-Math.PI / 2),
      new MeshBasicMaterial({ transparent: true, depthWrite: false }),
    );
    this.ring.renderOrder = -1;
    this.ring.visible = false;
    this.stage.scene.add(this.ground.group, this.ring);
    this.rig.onChange = () => this.stage.invalidate();
    this.stage.animate((now, passed) => this.advance(now, passed));
    this.stage.onDrawn = () => this.labels.draw();
    new Controls(canvas, this.rig, {
      tap: (x, y, isTouch) => this.onSelect(this.pickAt(x, y, isTouch ? 0.028 : 0.009)),
      doubleTap: (x, y) => this.approachAt(x, y),
      hover: (x, y) => this.hover(this.pickAt(x, y, 0.006)),
      leave: () => this.hover(null),
    });
    this.restyle();
  }

  open(world: World): void {
    this.dims = world.dims;
    this.rig.setWorld(world.dims);
    this.bodies.isCrowd = (world.counts?.bot ?? 0) > CROWD;
    this.ground.build(world.dims);
    this.stage.invalidate();
  }

  take(changes: Changes, glides: boolean): void {
    this.bodies.take(changes, performance.now(), glides && !document.hidden);
    this.stage.invalidate();
  }

  select(id: string | null): void {
    this.selected = id;
    this.labels.selected = id;
    this.stage.invalidate();
  }

  follow(id: string | null): void {
    this.rig.following = id;
    const place = id ? this.bodies.placeOf(id) : null;
    if (place) this.rig.approach(place);
    this.stage.invalidate();
  }

  fit(): void {
    this.rig.fit(this.stage.aspect);
  }

  /** Takes the colours of the present theme. */
  restyle(): void {
    this.stage.restyle();
    this.ground.build(this.dims);
    this.ring.material.color = styleColour('--accent-strong');
    this.stage.invalidate();
  }

  private advance(now: number, passed: number): boolean {
    const isMoving = this.bodies.advance(now);
    const { following } = this.rig;
    const target = following ? this.bodies.placeOf(following) : null;
    const before = this.rig.view;
    const isDriven = this.rig.advance(passed, target);
    this.bodies.magnify.value = magnification(this.rig.view.distance);
    this.stage.look(this.rig.view, this.rig.size);
    this.placeRing();
    if (before !== this.rig.view || !isDriven) this.onCamera();
    return isMoving || isDriven;
  }

  private placeRing(): void {
    const body = this.selected ? this.bodies.byId.get(this.selected) : undefined;
    const place = body && this.bodies.placeOf(body.thing.id);
    this.ring.visible = !!place;
    if (!body || !place) return;
    const size = Math.max(body.thing.dims[0], body.thing.dims[2]) * this.bodies.scaleOf(body);
    this.ring.position.set(place[0], 0.01, place[2]);
    this.ring.scale.setScalar(Math.max(size * 1.15, 0.5));
  }

  private hover(id: string | null): void {
    if (this.labels.hovered === id) return;
    this.labels.hovered = id;
    this.stage.canvas.style.cursor = id ? 'pointer' : '';
    this.labels.draw();
  }

  private pickAt(x: number, y: number, slack: number): string | null {
    const { canvas, camera } = this.stage;
    const at = new Vector2((x / canvas.clientWidth) * 2 - 1, 1 - (y / canvas.clientHeight) * 2);
    camera.updateMatrixWorld();
    this.ray.setFromCamera(at, camera);
    const { origin, direction } = this.ray.ray;
    return pick(
      { origin: origin.toArray(), direction: direction.toArray() },
      this.targets(),
      slack,
    );
  }

  private *targets(): Generator<Target> {
    for (const [id, body] of this.bodies.byId) {
      const place = this.bodies.placeOf(id);
      const scale = this.bodies.scaleOf(body);
      if (place) yield { id, place, dims: body.thing.dims.map((x) => x * scale) as Place };
    }
  }

  /** A double tap on a thing follows it; on the ground it goes there. */
  private approachAt(x: number, y: number): void {
    const id = this.pickAt(x, y, 0.012);
    if (id) {
      this.onSelect(id);
      this.rig.following = id;
      const place = this.bodies.placeOf(id);
      if (place) this.rig.approach(place);
      return;
    }
    const { origin, direction } = this.ray.ray;
    if (direction.y > -0.01) return;
    const t = -origin.y / direction.y;
    const place: Place = [origin.x + direction.x * t, 0, origin.z + direction.z * t];
    this.rig.following = null;
    this.rig.goTo({ ...this.rig.view, target: place, distance: this.rig.view.distance * 0.6 });
  }
}
