// The shapes of things, each within the unit box that stands on the ground (x and z in ±0.5, y in
// 0..1) and scaled by the thing's size.
import {
  BoxGeometry,
  CircleGeometry,
  ConeGeometry,
  CylinderGeometry,
  IcosahedronGeometry,
  SphereGeometry,
  type BufferGeometry,
} from 'three';
import { mergeGeometries } from 'three/addons/utils/BufferGeometryUtils.js';

const BOT = [0.5, 1.7] as const; // width and height that a bot's figure is drawn for, in metres

/** One mesh of a figure: its shape, and what colours it. */
export interface Part {
  geometry: BufferGeometry;
  colour: 'thirst' | 'generation' | 'kind' | 'water' | 'shadow';
}

function merged(parts: BufferGeometry[]): BufferGeometry {
  // Merging wants all alike: some shapes have an index, some have none.
  const plain = parts.map((g) => (g.index ? g.toNonIndexed() : g));
  const whole = mergeGeometries(plain);
  for (const part of [...parts, ...plain]) part.dispose();
  return whole;
}

function shadow(sides: number): Part {
  const disc = new CircleGeometry(0.62, sides);
  disc.rotateX(-Math.PI / 2);
  disc.translate(0, 0.004, 0);
  return { geometry: disc, colour: 'shadow' };
}

/** What is larger than a few pixels; for a crowd, what is needed to tell them apart. */
function bodyOf(female: boolean, isPlain: boolean): BufferGeometry[] {
  const sides = isPlain ? 5 : 10;
  if (female)
    return [
      new ConeGeometry(0.27, 1.1, sides, 1, true).translate(0, 0.55 + 0.12, 0),
      new CylinderGeometry(0.1, 0.13, 0.42, sides, 1, true).translate(0, 1.1, 0),
      ...(isPlain
        ? []
        : [
            new SphereGeometry(0.1, sides, 3, 0, Math.PI * 2, 0, Math.PI / 2).translate(0, 1.31, 0),
            ...[0.07, -0.07].map((z) =>
              new CylinderGeometry(0.05, 0.05, 0.16, 5, 1, true).translate(0, 0.08, z),
            ),
          ]),
    ];
  const shoulders = new SphereGeometry(0.235, sides, 2, 0, Math.PI * 2, 0, Math.PI / 2);
  return [
    new CylinderGeometry(0.235, 0.13, 0.64, sides, 1, true).translate(0, 1.0, 0),
    shoulders.scale(1, 0.36, 1).translate(0, 1.315, 0),
    ...(isPlain ? [0] : [0.075, -0.075]).map((z) =>
      new CylinderGeometry(0.075, 0.06, 0.7, isPlain ? 4 : 6, 1, true).translate(0, 0.35, z),
    ),
  ];
}

/** Females in a skirt, males with broad shoulders; the nose says where it goes (+x). */
export function botParts(female: boolean, isPlain: boolean): Part[] {
  const head = isPlain
    ? [new IcosahedronGeometry(0.165, 0).translate(0, 1.53, 0)]
    : [
        new SphereGeometry(0.165, 12, 8).translate(0, 1.53, 0),
        new ConeGeometry(0.045, 0.12, 5, 1, true).rotateZ(-Math.PI / 2).translate(0.19, 1.52, 0),
      ];
  // Its depth is the narrow side of its box; a figure is round, and as deep as it is wide.
  const fit = (g: BufferGeometry) => g.scale(1 / BOT[0], 1 / BOT[1], 1 / BOT[0]);
  return [
    { geometry: fit(merged(bodyOf(female, isPlain))), colour: 'thirst' },
    { geometry: fit(merged(head)), colour: 'generation' },
    shadow(isPlain ? 6 : 16),
  ];
}

/** A ring of stones with water in it. */
function wellParts(): Part[] {
  const wall = new CylinderGeometry(0.48, 0.5, 0.82, 28, 1, true).translate(0, 0.41, 0);
  const inner = new CylinderGeometry(0.35, 0.35, 0.4, 28, 1, true).translate(0, 0.62, 0);
  const rim: BufferGeometry[] = [];
  for (let i = 0; i < 14; ++i)
    rim.push(
      new BoxGeometry(0.17, 0.16, 0.192).translate(0.425, 0.88, 0).rotateY((i / 14) * Math.PI * 2),
    );
  const water = new CircleGeometry(0.36, 28).rotateX(-Math.PI / 2).translate(0, 0.66, 0);
  return [
    { geometry: merged([wall, inner, ...rim]), colour: 'kind' },
    { geometry: water, colour: 'water' },
    shadow(20),
  ];
}

/** Wells are wells; of other kinds what is solid is a box, and what is not is rounded. */
export function kindParts(kind: string, solid: boolean): Part[] {
  if (kind === 'well') return wellParts();
  const shape = solid
    ? new BoxGeometry(1, 1, 1).translate(0, 0.5, 0)
    : new IcosahedronGeometry(0.5, 1).translate(0, 0.5, 0);
  return [{ geometry: shape, colour: 'kind' }, ...(solid ? [] : [shadow(10)])];
}
