// Which thing a ray meets first: the box that it stands in, made a little larger so that a finger
// finds it too.
import type { Place } from './protocol';

export interface Ray {
  origin: Place;
  direction: Place; // of length 1
}

/** The distance at which a ray enters a box, or null. */
export function hitBox(ray: Ray, low: Place, high: Place): number | null {
  let near = 0;
  let far = Infinity;
  for (let i = 0; i < 3; ++i) {
    const d = ray.direction[i];
    if (Math.abs(d) < 1e-12) {
      if (ray.origin[i] < low[i] || ray.origin[i] > high[i]) return null;
      continue;
    }
    const a = (low[i] - ray.origin[i]) / d;
    const b = (high[i] - ray.origin[i]) / d;
    near = Math.max(near, Math.min(a, b));
    far = Math.min(far, Math.max(a, b));
    if (near > far) return null;
  }
  return near;
}

export interface Target {
  id: string;
  place: Place; // the middle of its foot
  dims: Place; // as it is drawn
}

/** `slack` is how much larger a box is for each metre that it is away. */
export function pick(ray: Ray, targets: Iterable<Target>, slack: number): string | null {
  let best: string | null = null;
  let bestDistance = Infinity;
  for (const { id, place, dims } of targets) {
    const away = Math.hypot(...place.map((x, i) => x - ray.origin[i]));
    const more = away * slack;
    const half = [dims[0] / 2 + more, 0, dims[2] / 2 + more];
    const low: Place = [place[0] - half[0], place[1] - more, place[2] - half[2]];
    const high: Place = [place[0] + half[0], place[1] + dims[1] + more, place[2] + half[2]];
    const distance = hitBox(ray, low, high);
    if (distance === null) continue;
    // What is hit without slack, or nearer to the ray's middle, goes before what is in front.
    const middle: Place = [place[0], place[1] + dims[1] / 2, place[2]];
    const along = middle.reduce((sum, x, i) => sum + (x - ray.origin[i]) * ray.direction[i], 0);
    const off = Math.hypot(...middle.map((x, i) => x - ray.origin[i] - along * ray.direction[i]));
    const size = Math.max(dims[0], dims[1], dims[2]) / 2;
    const score = distance + Math.max(0, off - size) * 8;
    if (score < bestDistance) {
      bestDistance = score;
      best = id;
    }
  }
  return best;
}
