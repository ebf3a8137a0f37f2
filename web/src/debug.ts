// `window.unscripted`: what the page does, in numbers, for tests and for the curious. Reading it
// changes nothing.
import { eyeOf } from './camera';
import type { Link } from './link';
import type { WorldPage } from './world_page';
import { Vector3 } from 'three';

export interface Debug {
  readonly state: string; // of the link: connecting, open, waiting
  readonly frames: number; // drawn since the page was loaded
  readonly atRest: boolean; // nothing is to be drawn
  readonly drawCalls: number; // of the last frame
  readonly triangles: number; // of the last frame
  readonly moving: number; // things that glide now
  readonly things: number;
  readonly bots: string[];
  readonly tick: number;
  readonly seq: number;
  readonly mode: string; // live, past, none
  readonly playing: number; // -1, 0, 1
  readonly selected: string | null;
  readonly following: string | null;
  readonly player: string | null; // the bot that this page speaks for
  readonly camera: {
    target: number[];
    eye: number[];
    azimuth: number;
    elevation: number;
    distance: number;
  } | null;
  /** Where a thing is on the page, in pixels. */
  screenOf(id: string): { x: number; y: number } | null;
  /** Where a thing is shown in the world, in metres. */
  placeOf(id: string): number[] | null;
}

function screenOf(page: WorldPage | null, id: string): { x: number; y: number } | null {
  const place = page?.view?.bodies.placeOf(id);
  if (!page?.view || !place) return null;
  const { camera, canvas } = page.view.stage;
  const thing = page.visit.store.things.get(id);
  camera.updateMatrixWorld();
  const point = new Vector3(place[0], place[1] + (thing?.dims[1] ?? 0) * 0.6, place[2]).project(
    camera,
  );
  const box = canvas.getBoundingClientRect();
  return {
    x: box.left + ((point.x + 1) / 2) * box.width,
    y: box.top + ((1 - point.y) / 2) * box.height,
  };
}

export function expose(link: Link, page: () => WorldPage | null): void {
  const view = () => page()?.view ?? null;
  const camera = () => {
    const at = view()?.rig.view;
    return at ? { ...at, eye: eyeOf(at) } : null;
  };
  const debug: Debug = {
    get state() {
      return link.state;
    },
    get frames() {
      return view()?.stage.frames ?? 0;
    },
    get atRest() {
      return view()?.stage.isAtRest ?? true;
    },
    get drawCalls() {
      return view()?.stage.drawCalls ?? 0;
    },
    get triangles() {
      return view()?.stage.triangles ?? 0;
    },
    get moving() {
      return view()?.bodies.movingCount ?? 0;
    },
    get things() {
      return page()?.visit.store.things.size ?? 0;
    },
    get bots() {
      return (
        page()
          ?.visit.store.bots()
          .map((b) => b.id) ?? []
      );
    },
    get tick() {
      return page()?.visit.tick ?? 0;
    },
    get seq() {
      return page()?.visit.store.seq ?? 0;
    },
    get mode() {
      return page()?.visit.mode ?? 'none';
    },
    get playing() {
      return page()?.visit.replay.direction ?? 0;
    },
    get selected() {
      return page()?.selected ?? null;
    },
    get following() {
      return page()?.followed ?? null;
    },
    get player() {
      return page()?.player.bot ?? null;
    },
    get camera() {
      return camera();
    },
    screenOf: (id) => screenOf(page(), id),
    placeOf: (id) => view()?.bodies.placeOf(id) ?? null,
  };
  (window as unknown as { unscripted: Debug }).unscripted = debug;
}
