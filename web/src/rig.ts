// The camera over time: where it is, where it is going to, whom it follows. All that moves it goes
// through here, so that there is one place that keeps it above the ground.
import {
  between,
  clampView,
  isSameView,
  lookAbout,
  moveOver,
  orbit,
  overview,
  zoom,
  type View,
} from './camera';
import type { Place } from './protocol';

export type Drive =
  | 'left'
  | 'right'
  | 'away'
  | 'near'
  | 'turn-left'
  | 'turn-right'
  | 'up'
  | 'down'
  | 'zoom-in'
  | 'zoom-out';

export class Rig {
  view: View;
  following: string | null = null;
  onChange: () => void = () => {};

  private goal: View | null = null;
  private dims: Place = [10, 10, 10];
  private readonly driven = new Set<Drive>();

  constructor() {
    this.view = overview(this.dims, 1.5);
  }

  setWorld(dims: Place): void {
    this.dims = dims;
  }

  get size(): number {
    return Math.max(this.dims[0], this.dims[2]);
  }

  jump(view: View): void {
    this.goal = null;
    this.set(clampView(view, this.dims));
  }

  goTo(view: View): void {
    this.goal = clampView(view, this.dims);
    this.onChange();
  }

  fit(aspect: number): void {
    this.following = null;
    this.goTo(overview(this.dims, aspect));
  }

  orbit(azimuth: number, elevation: number): void {
    this.change(orbit(this.view, azimuth, elevation, this.dims));
  }

  lookAbout(azimuth: number, elevation: number): void {
    this.following = null;
    this.change(lookAbout(this.view, azimuth, elevation, this.dims));
  }

  /** In metres over the ground. */
  move(right: number, away: number): void {
    this.following = null;
    this.change(moveOver(this.view, right, away, this.dims));
  }

  zoom(factor: number): void {
    this.change(zoom(this.view, factor, this.dims));
  }

  /** Comes near enough to see it well. */
  approach(place: Place): void {
    const distance = Math.min(this.view.distance, Math.max(9, this.size * 0.2));
    this.goTo({ ...this.view, target: [place[0], 0.9, place[2]], distance });
  }

  /** A key that moves the camera is held down, or let go. */
  drive(how: Drive, isDown: boolean): void {
    const isNew = isDown && !this.driven.has(how);
    if (isDown) this.driven.add(how);
    else this.driven.delete(how);
    // A tap moves it too, even if no frame is drawn before the key is let go.
    if (isNew) this.advanceDriven(0.05);
    this.onChange();
  }

  stopDriving(): void {
    this.driven.clear();
  }

  /** Returns whether it goes on moving. `target` is where the one that is followed is shown. */
  advance(passed: number, target: Place | null): boolean {
    this.advanceDriven(passed / 1000);
    const share = 1 - Math.exp(-passed / 110);
    if (target) {
      const goal = this.goal ?? this.view;
      const to: View = { ...goal, target: [target[0], target[1] + 0.9, target[2]] };
      if (!isSameView(this.view, to)) this.set(clampView(between(this.view, to, share), this.dims));
      if (isSameView(this.view, to)) this.goal = null;
      return this.driven.size > 0 || !isSameView(this.view, to);
    }
    if (this.goal) {
      this.set(clampView(between(this.view, this.goal, share), this.dims));
      if (isSameView(this.view, this.goal)) this.goal = null;
    }
    return this.driven.size > 0 || this.goal !== null;
  }

  private advanceDriven(seconds: number): void {
    const has = (how: Drive) => (this.driven.has(how) ? 1 : 0);
    const right = has('right') - has('left');
    const away = has('away') - has('near');
    const pace = Math.max(1.5, this.view.distance * 0.7) * seconds;
    if (right || away) this.move(right * pace, away * pace);
    const turn = (has('turn-left') - has('turn-right')) * 0.16 * seconds;
    const tilt = (has('up') - has('down')) * 0.1 * seconds;
    if (turn || tilt) this.lookAbout(turn, tilt);
    const nearer = has('zoom-in') - has('zoom-out');
    if (nearer) this.zoom(Math.exp(-nearer * 1.6 * seconds));
  }

  /** By hand: what it was on its way to is forgotten. */
  private change(view: View): void {
    this.goal = null;
    this.set(view);
    this.onChange();
  }

  private set(view: View): void {
    this.view = view;
  }
}
