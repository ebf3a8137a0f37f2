// The camera as numbers: an eye that looks at a target from a distance. Knows nothing of three.js.
// Whatever is done to it, the eye stays above the ground and near the world.
import type { Place } from './protocol';

export interface View {
  target: Place;
  azimuth: number; // turns around the target; 0 looks along -z
  elevation: number; // turns above the horizon, of the eye as seen from the target
  distance: number; // metres
}

export const GROUND_GAP = 0.4; // metres that the eye stays above the ground
const ELEVATION_MAX = 0.2495; // straight down would lose the way up
const ELEVATION_MIN = -0.12; // the eye below its target: it looks up
const TURN = Math.PI * 2;

export function eyeOf(view: View): Place {
  const flat = Math.cos(view.elevation * TURN) * view.distance;
  return [
    view.target[0] + Math.sin(view.azimuth * TURN) * flat,
    view.target[1] + Math.sin(view.elevation * TURN) * view.distance,
    view.target[2] + Math.cos(view.azimuth * TURN) * flat,
  ];
}

function limit(x: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, x));
}

/** The nearest view that is allowed: above the ground, and not lost in the distance. */
export function clampView(view: View, dims: Place): View {
  const size = Math.max(dims[0], dims[2], 1);
  const distance = limit(view.distance, 0.8, size * 4 + 20);
  const elevation = limit(view.elevation, ELEVATION_MIN, ELEVATION_MAX);
  const target: Place = [
    limit(view.target[0], -size, dims[0] + size),
    limit(view.target[1], 0, size * 2 + 10),
    limit(view.target[2], -size, dims[2] + size),
  ];
  const azimuth = view.azimuth - Math.floor(view.azimuth);
  const clamped = { target, azimuth, elevation, distance };
  const below = GROUND_GAP - eyeOf(clamped)[1];
  if (below > 0) clamped.target[1] += below;
  return clamped;
}

/** All of a world, seen from a corner. `aspect` is width over height. */
export function overview(dims: Place, aspect: number): View {
  const across = Math.hypot(dims[0], dims[2]);
  const distance = Math.max(across * 1.12, 4) * Math.max(1, 1.15 / Math.max(aspect, 0.3));
  // A little nearer than the middle: what is near takes more of the picture.
  const target: Place = [dims[0] * 0.52, 0, dims[2] * 0.54];
  return clampView({ target, azimuth: 0.085, elevation: 0.105, distance }, dims);
}

/** Around the target. In turns. */
export function orbit(view: View, azimuth: number, elevation: number, dims: Place): View {
  return clampView(
    {
      ...view,
      azimuth: view.azimuth + azimuth,
      // Orbiting never goes below the target; only looking about may.
      elevation: Math.max(view.elevation + elevation, Math.min(view.elevation, 0.004)),
    },
    dims,
  );
}

/** About itself: the eye stays where it is, and looks elsewhere. In turns. */
export function lookAbout(view: View, azimuth: number, elevation: number, dims: Place): View {
  const eye = eyeOf(view);
  const turned: View = {
    ...view,
    azimuth: view.azimuth + azimuth,
    elevation: limit(view.elevation + elevation, ELEVATION_MIN, ELEVATION_MAX),
  };
  const moved = eyeOf(turned);
  const target = turned.target.map((x, i) => x + eye[i] - moved[i]) as Place;
  // A target below the ground would be lifted, and the eye with it: look at the ground instead.
  if (target[1] < 0) return clampView(onTheGround({ ...turned, target }, eye), dims);
  return clampView({ ...turned, target }, dims);
}

/** The same eye and direction, with the target where the view meets the ground. */
function onTheGround(view: View, eye: Place): View {
  const sine = Math.sin(view.elevation * TURN);
  if (sine < 1e-3) return view;
  const distance = eye[1] / sine;
  const flat = Math.cos(view.elevation * TURN) * distance;
  const target: Place = [
    eye[0] - Math.sin(view.azimuth * TURN) * flat,
    0,
    eye[2] - Math.cos(view.azimuth * TURN) * flat,
  ];
  return { ...view, target, distance };
}

/** Over the ground, in metres as the viewer sees them: to the right, and away from him. */
export function moveOver(view: View, right: number, away: number, dims: Place): View {
  const sine = Math.sin(view.azimuth * TURN);
  const cosine = Math.cos(view.azimuth * TURN);
  const target: Place = [
    view.target[0] + right * cosine - away * sine,
    view.target[1],
    view.target[2] - right * sine - away * cosine,
  ];
  return clampView({ ...view, target }, dims);
}

export function zoom(view: View, factor: number, dims: Place): View {
  return clampView({ ...view, distance: view.distance * factor }, dims);
}

/** Part of the way from one view to another; the short way round. */
export function between(a: View, b: View, share: number): View {
  const mix = (x: number, y: number) => x + (y - x) * share;
  const turn = b.azimuth - a.azimuth;
  return {
    target: a.target.map((x, i) => mix(x, b.target[i])) as Place,
    azimuth: a.azimuth + (turn - Math.round(turn)) * share,
    elevation: mix(a.elevation, b.elevation),
    distance: mix(a.distance, b.distance),
  };
}

export function isSameView(a: View, b: View): boolean {
  const turn = Math.abs(a.azimuth - b.azimuth);
  return (
    a.target.every((x, i) => Math.abs(x - b.target[i]) < 0.005) &&
    Math.min(turn, 1 - turn) < 0.0005 &&
    Math.abs(a.elevation - b.elevation) < 0.0005 &&
    Math.abs(a.distance - b.distance) < 0.005
  );
}
