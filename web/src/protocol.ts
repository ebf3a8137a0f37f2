// What travels over the wire: the shapes of the bot protocol that the page uses.
// Everything in them may be hostile: names and texts are shown as text, never as markup.

export type Place = [number, number, number];
export type Value = number | boolean | string | null;

/** A property or a parameter, as JSON Schema. */
export interface Schema {
  type: 'number' | 'integer' | 'boolean' | 'string';
  unit?: string;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  default?: number | boolean | string;
  format?: string; // "thing": the id of one
}

export interface Offer {
  action: string;
  params: Record<string, Schema>;
}

export interface Thing {
  id: string;
  kind: string;
  parent: string; // who carries it, or the world
  pos: Place;
  dims: Place;
  name?: string;
  mind?: string; // of a bot: the hosted mind that speaks for it
  actions: Offer[];
  props: Record<string, Value>;
}

export interface World {
  id: string;
  name: string;
  dims: Place;
  pace: string;
  speed: number;
  deadline_ms: number;
  tick: number;
  seq: number;
  paused: boolean;
  actions: number;
  counts: Record<string, number>;
  deaths: Record<string, number>;
  rules: Record<string, Value>;
  capacity: Record<string, number>;
  forked_from?: string;
  trouble?: string; // set where the server could not open it; most else is missing then
}

export interface Change {
  id: string;
  parent?: string;
  pos?: Place;
  props?: Record<string, Value>;
}

export interface Death {
  id: string;
  cause: string;
  heir?: string;
}

export interface Snapshot {
  sub: number;
  seq: number;
  tick: number;
  things: Thing[];
}

export interface Delta {
  sub: number;
  seq: number;
  tick: number;
  add: Thing[];
  upd: Change[];
  del: string[];
  died: Death[];
}

export interface Subscribed {
  sub: number;
  seq: number;
  tick: number;
  resync?: boolean;
}

export interface ActionInfo {
  action: string;
  target: string; // the kind of thing it is aimed at
  summary: string;
  self_only: boolean;
  reach?: number;
  params: { properties: Record<string, Schema> };
}

export interface KindInfo {
  kind: string;
  solid: boolean;
  dims: Place;
  props: Record<string, Schema>;
}

export interface Catalogue {
  kinds: KindInfo[];
  actions: ActionInfo[];
}

export interface ActResult {
  seq: number;
  tick: number;
  outcome: string;
  reason?: string;
  pos: Place | null;
}

export interface HistoryRecord {
  seq: number;
  tick: number;
  command: {
    type: string;
    agent?: string;
    action?: string;
    target?: string;
    args?: Record<string, Value>;
    absent?: boolean;
    kind?: string;
  };
  outcome: string;
  reason?: string;
  effects: { type: string; thing?: string; kind?: string; cause?: string; heir?: string }[];
}

/** The last eight bytes of an id as people say them: "bot 8". */
export function serialOf(id: string): string {
  const serial = Number.parseInt(id.slice(8), 16);
  return Number.isFinite(serial) ? String(serial) : id;
}

/** What a thing is called: its name, else its kind and number. */
export function titleOf(thing: { id: string; kind: string; name?: string }): string {
  return thing.name ? thing.name : `${thing.kind} ${serialOf(thing.id)}`;
}

/** The id of the world that a thing is in. */
export function worldOf(id: string): string {
  return id.slice(0, 8) + '0'.repeat(16);
}
