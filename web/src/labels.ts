// Names over things, as text in the document: over the one that is selected, the one under the
// pointer, and over all that are near when they are wanted.
import { Vector3, type PerspectiveCamera } from 'three';
import type { Bodies, Body } from './bodies';
import { el, setText } from './dom';
import { titleOf } from './protocol';

const LABELS_MAX = 80; // more could not be read
const ALL_THINGS_MAX = 40; // of a world in which even what has no name is called something

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const point = new Vector3();

export class Labels {
  showsAll = false;
  selected: string | null = null;
  hovered: string | null = null;
  mine: string | null = null;
  private readonly shown = new Map<string, HTMLElement>();

  constructor(
    private readonly layer: HTMLElement,
    private readonly bodies: Bodies,
    private readonly camera: PerspectiveCamera,
  ) {}

  /** After each frame: where the things are by now. */
  draw(): void {
    const wanted = this.wanted();
    for (const [id, node] of this.shown) {
      if (wanted.has(id)) continue;
      node.remove();
      this.shown.delete(id);
    }
    const width = this.layer.clientWidth;
    const height = this.layer.clientHeight;
    const taken: Box[] = [];
    for (const [id, body] of wanted) this.put(id, body, width, height, taken);
  }

  private wanted(): Map<string, Body> {
    const wanted = new Map<string, Body>();
    const want = (id: string | null) => {
      const body = id ? this.bodies.byId.get(id) : undefined;
      if (id && body) wanted.set(id, body);
    };
    want(this.selected);
    want(this.hovered);
    want(this.mine);
    if (!this.showsAll) return wanted;
    const near: [number, Body][] = [];
    for (const body of this.bodies.byId.values()) {
      const isCalled = body.thing.kind === 'bot' || !!body.thing.name;
      if (!isCalled && this.bodies.byId.size > ALL_THINGS_MAX) continue;
      const place = this.bodies.placeOf(body.thing.id);
      if (!place || !this.isInView(place[0], place[1], place[2])) continue;
      const away = this.camera.position.distanceToSquared(point.set(...place));
      // Bots and what has a name come first.
      near.push([away * (isCalled ? 1 : 9), body]);
    }
    near.sort((a, b) => a[0] - b[0]);
    for (const [, body] of near.slice(0, LABELS_MAX)) wanted.set(body.thing.id, body);
    return wanted;
  }

  private isInView(x: number, y: number, z: number): boolean {
    point.set(x, y, z).project(this.camera);
    return Math.abs(point.x) < 1.05 && Math.abs(point.y) < 1.1 && point.z < 1;
  }

  /** One that would cover another, nearer one is not shown. */
  private put(id: string, body: Body, width: number, height: number, taken: Box[]): void {
    const place = this.bodies.placeOf(id);
    if (!place) return;
    const top = place[1] + body.thing.dims[1] * this.bodies.scaleOf(body) * 1.06;
    point.set(place[0], top, place[2]).project(this.camera);
    let node = this.shown.get(id);
    if (!node) {
      node = el('div', { class: 'label' });
      this.layer.append(node);
      this.shown.set(id, node);
    }
    setText(node, titleOf(body.thing));
    node.classList.toggle('is-selected', id === this.selected);
    const x = ((point.x + 1) / 2) * width;
    const y = ((1 - point.y) / 2) * height;
    // Measuring would lay the page out anew in each frame; a guess will do.
    const half = 6 + Math.min(114, (node.textContent ?? '').length * 3.4);
    const box = { left: x - half, right: x + half, top: y - 18, bottom: y };
    const isCovered = taken.some(
      (b) => b.left < box.right && b.right > box.left && b.top < box.bottom && b.bottom > box.top,
    );
    const isAsked = id === this.selected || id === this.hovered || id === this.mine;
    node.hidden = point.z > 1 || (isCovered && !isAsked);
    if (!node.hidden) taken.push(box);
    node.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px) translate(-50%, -100%)`;
  }
}
