// The ground of a world: a plane, a grid that can be read, and metres along two of its edges.
import {
  BufferAttribute,
  BufferGeometry,
  CanvasTexture,
  Group,
  LineBasicMaterial,
  LineSegments,
  Mesh,
  MeshBasicMaterial,
  PlaneGeometry,
  SRGBColorSpace,
  type Object3D,
} from 'three';
import { styleColour } from './colours';
import type { Place } from './protocol';

const LINES_MAX = 60;
const LABEL_WIDTH = 128; // pixels in the atlas
const LABEL_HEIGHT = 64;

/** 1, 2 or 5 times a power of ten: such that there are not too many lines. */
export function gridStep(size: number, linesMax: number): number {
  const least = size / linesMax;
  const power = 10 ** Math.floor(Math.log10(Math.max(least, 1e-6)));
  const step = [1, 2, 5, 10].map((x) => x * power).find((x) => x >= least * 0.999) ?? 10 * power;
  return Math.max(step, 0.1);
}

function lines(points: number[], colour: string, opacity: number): LineSegments {
  const geometry = new BufferGeometry();
  geometry.setAttribute('position', new BufferAttribute(new Float32Array(points), 3));
  const material = new LineBasicMaterial({
    color: styleColour(colour),
    transparent: true,
    opacity,
  });
  return new LineSegments(geometry, material);
}

function gridPoints(dims: Place, step: number, isTaken: (line: number) => boolean): number[] {
  const points: number[] = [];
  for (let i = 0; i * step <= dims[0] + 1e-6; ++i)
    if (!isTaken(i)) points.push(i * step, 0, 0, i * step, 0, dims[2]);
  for (let i = 0; i * step <= dims[2] + 1e-6; ++i)
    if (!isTaken(i)) points.push(0, 0, i * step, dims[0], 0, i * step);
  return points;
}

/** All labels in one texture, and their quads in one geometry: one draw call. */
function labels(dims: Place, step: number): Mesh {
  const texts: { text: string; x: number; z: number }[] = [];
  const away = step * 0.32;
  for (let i = 0; i * step <= dims[0] + 1e-6; ++i)
    texts.push({ text: `${i * step} m`, x: i * step, z: dims[2] + away });
  for (let i = 0; i * step <= dims[2] + 1e-6; ++i)
    texts.push({ text: `${i * step} m`, x: dims[0] + away * 1.5, z: i * step });
  const canvas = document.createElement('canvas');
  const rows = Math.ceil(texts.length / 8);
  canvas.width = LABEL_WIDTH * 8;
  canvas.height = LABEL_HEIGHT * rows;
  const pen = canvas.getContext('2d');
  const width = step * 0.6;
  const height = (width * LABEL_HEIGHT) / LABEL_WIDTH;
  const position: number[] = [];
  const uv: number[] = [];
  const index: number[] = [];
  if (pen) {
    pen.font = '600 38px system-ui, sans-serif';
    pen.textAlign = 'center';
    pen.textBaseline = 'middle';
    pen.fillStyle = `#${styleColour('--grid-text').getHexString()}`;
  }
  texts.forEach(({ text, x, z }, i) => {
    const column = i % 8;
    const row = Math.floor(i / 8);
    const left = column * LABEL_WIDTH;
    pen?.fillText(text, left + LABEL_WIDTH / 2, (row + 0.5) * LABEL_HEIGHT, LABEL_WIDTH - 6);
    const u = [left / canvas.width, (left + LABEL_WIDTH) / canvas.width];
    const v = [1 - row / rows, 1 - (row + 1) / rows];
    const [l, r] = [x - width / 2, x + width / 2];
    const [far, near] = [z - height / 2, z + height / 2];
    position.push(l, 0, far, r, 0, far, r, 0, near, l, 0, near);
    uv.push(u[0], v[0], u[1], v[0], u[1], v[1], u[0], v[1]);
    index.push(i * 4, i * 4 + 2, i * 4 + 1, i * 4, i * 4 + 3, i * 4 + 2);
  });
  const geometry = new BufferGeometry();
  geometry.setAttribute('position', new BufferAttribute(new Float32Array(position), 3));
  geometry.setAttribute('uv', new BufferAttribute(new Float32Array(uv), 2));
  geometry.setIndex(index);
  const map = new CanvasTexture(canvas);
  map.colorSpace = SRGBColorSpace;
  map.anisotropy = 8;
  return new Mesh(geometry, new MeshBasicMaterial({ map, transparent: true, depthWrite: false }));
}

export class Ground {
  readonly group = new Group();

  build(dims: Place): void {
    this.clear();
    const size = Math.max(dims[0], dims[2]);
    const step = gridStep(size, LINES_MAX / 2);
    const labelled = gridStep(size, 9);
    const every = Math.round(labelled / step);
    const plane = new Mesh(
      new PlaneGeometry(dims[0], dims[2]),
      new MeshBasicMaterial({ color: styleColour('--ground') }),
    );
    plane.rotation.x = -Math.PI / 2;
    plane.position.set(dims[0] / 2, 0, dims[2] / 2);
    const apron = new Mesh(
      new PlaneGeometry(size * 14, size * 14),
      new MeshBasicMaterial({ color: styleColour('--apron') }),
    );
    apron.rotation.x = -Math.PI / 2;
    apron.position.set(dims[0] / 2, -size * 0.0015 - 0.01, dims[2] / 2);
    const fine = lines(
      gridPoints(dims, step, (i) => i % every === 0),
      '--grid',
      0.55,
    );
    const coarse = lines(
      gridPoints(dims, labelled, () => false),
      '--grid-bold',
      1,
    );
    const [x, z] = [dims[0], dims[2]];
    const edge = lines(
      [0, 0, 0, x, 0, 0, x, 0, 0, x, 0, z, x, 0, z, 0, 0, z, 0, 0, z, 0, 0, 0],
      '--grid-edge',
      1,
    );
    this.group.add(apron, plane, fine, coarse, edge, labels(dims, labelled));
    // One above the other, in this order, and none in the way of the next: no flicker from afar.
    this.group.children.forEach((part: Object3D, i: number) => {
      part.renderOrder = i - 10;
      (part as Mesh<BufferGeometry, MeshBasicMaterial>).material.depthWrite = false;
    });
  }

  private clear(): void {
    for (const part of [...this.group.children] as Mesh<BufferGeometry, MeshBasicMaterial>[]) {
      part.geometry.dispose();
      part.material.map?.dispose();
      part.material.dispose();
      this.group.remove(part);
    }
  }
}
