// Where things are shown between two updates: each glides from where it is seen to where it is
// said to be. Typed arrays and a list of what moves, so that ten thousand resting things cost
// nothing and ten thousand walking ones little.

const TURN = Math.PI * 2;

/** The same angle within half a turn of `near`. */
export function nearestAngle(angle: number, near: number): number {
  return angle - TURN * Math.round((angle - near) / TURN);
}

/** Slow at both ends only where a glide stands alone; walking on and on must not stutter. */
export function progress(now: number, start: number, duration: number): number {
  if (duration <= 0) return 1;
  return Math.min(1, Math.max(0, (now - start) / duration));
}

/** How long a glide takes: about as long as updates are apart, so that it ends with the next. */
export class Cadence {
  private last = 0;
  private average = 200;

  /** An update came. Returns milliseconds. */
  beat(now: number): number {
    const gap = now - this.last;
    this.last = now;
    // After a long silence the gap says nothing about the next one.
    if (gap > 0 && gap < 1500) this.average += (gap - this.average) * 0.25;
    return Math.min(900, Math.max(60, this.average * 1.15));
  }
}

export class Motion {
  shown = new Float32Array(0); // x, y, z, heading of each slot
  private from = new Float32Array(0);
  private to = new Float32Array(0);
  private start = new Float64Array(0);
  private duration = new Float32Array(0);
  private isMoving = new Uint8Array(0);
  private moving: number[] = [];
  private free: number[] = [];
  private used = 0;

  get movingCount(): number {
    return this.moving.length;
  }

  /** A slot for a thing that stands there. */
  add(x: number, y: number, z: number, heading = 0): number {
    const slot = this.free.pop() ?? this.used++;
    if (slot * 4 >= this.shown.length) this.grow();
    this.jump(slot, x, y, z, heading);
    return slot;
  }

  remove(slot: number): void {
    this.isMoving[slot] = 0;
    this.free.push(slot);
  }

  jump(slot: number, x: number, y: number, z: number, heading?: number): void {
    const at = slot * 4;
    this.shown.set([x, y, z, heading ?? this.shown[at + 3]], at);
    this.to.set(this.shown.subarray(at, at + 4), at);
    this.isMoving[slot] = 0;
  }

  /** Looks where it goes, unless it hardly moves. */
  glide(slot: number, x: number, y: number, z: number, now: number, duration: number): void {
    const at = slot * 4;
    const dx = x - this.to[at];
    const dz = z - this.to[at + 2];
    const old = this.shown[at + 3];
    const heading =
      dx * dx + dz * dz > 1e-4 ? nearestAngle(Math.atan2(dz, dx), old) : this.to[at + 3];
    // Written out: thousands of them come with one delta.
    for (let i = at; i < at + 4; ++i) this.from[i] = this.shown[i];
    this.to[at] = x;
    this.to[at + 1] = y;
    this.to[at + 2] = z;
    this.to[at + 3] = heading;
    this.start[slot] = now;
    this.duration[slot] = duration;
    if (!this.isMoving[slot]) {
      this.isMoving[slot] = 1;
      this.moving.push(slot);
    }
  }

  /** Moves what moves, and tells of each slot. Returns whether anything goes on moving. */
  advance(now: number, tell: (slot: number) => void): boolean {
    const rest: number[] = [];
    for (const slot of this.moving) {
      if (!this.isMoving[slot]) continue; // taken out, or put elsewhere, meanwhile
      const share = progress(now, this.start[slot], this.duration[slot]);
      // It turns in the first third of its step.
      this.mix(slot, share, Math.min(1, share * 3));
      tell(slot);
      if (share < 1) rest.push(slot);
      else this.isMoving[slot] = 0;
    }
    this.moving = rest;
    return rest.length > 0;
  }

  private mix(slot: number, share: number, turned: number): void {
    const at = slot * 4;
    for (let i = 0; i < 3; ++i)
      this.shown[at + i] = this.from[at + i] + (this.to[at + i] - this.from[at + i]) * share;
    this.shown[at + 3] = this.from[at + 3] + (this.to[at + 3] - this.from[at + 3]) * turned;
  }

  private grow(): void {
    const slots = Math.max(64, this.shown.length / 2);
    const larger = (old: Float32Array, size: number) => {
      const fresh = new Float32Array(size);
      fresh.set(old);
      return fresh;
    };
    this.shown = larger(this.shown, slots * 4);
    this.from = larger(this.from, slots * 4);
    this.to = larger(this.to, slots * 4);
    this.duration = larger(this.duration, slots);
    const start = new Float64Array(slots);
    start.set(this.start);
    this.start = start;
    const isMoving = new Uint8Array(slots);
    isMoving.set(this.isMoving);
    this.isMoving = isMoving;
  }
}
