// A WebSocket to the server that comes back by itself. Requests are answered as promises; what the
// server says unasked goes to `onEvent`. One link is one conversation: a question about the past
// holds up what is asked after it, so the page has a link for each purpose.

import type { Purse } from './purse';

export type LinkState = 'connecting' | 'open' | 'waiting';

export class RemoteError extends Error {
  constructor(
    readonly code: number,
    message: string,
    readonly data: Record<string, unknown>,
  ) {
    super(message);
  }
  get reason(): string {
    return String(this.data.reason ?? '');
  }
}

/** The link broke, or was not there: nothing is known about what was asked. */
export class Disconnected extends Error {
  constructor() {
    super('the server cannot be reached');
  }
}

const HELLO = 0; // the id of a link's first request
const UNAUTHORIZED = 401;
const PING_AFTER_MS = 20_000;
const PING_LIMIT_MS = 10_000;

/** Milliseconds until the next try: soon at first, and never all pages at the same moment. */
export function backoff(attempt: number, random: number): number {
  return Math.min(5000, 250 * 2 ** Math.min(attempt, 10)) * (0.75 + random * 0.5);
}

interface Waiting {
  resolve: (result: never) => void;
  reject: (why: Error) => void;
}

export class Link {
  state: LinkState = 'waiting';
  onState: (state: LinkState) => void = () => {};
  onEvent: (method: string, params: Record<string, unknown>) => void = () => {};

  private socket: WebSocket | null = null;
  private waiting = new Map<number, Waiting>();
  private openers: Waiting[] = [];
  private lastId = 0;
  private attempt = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private heartbeat: ReturnType<typeof setInterval> | undefined;
  private heard = 0;
  private isClosed = true;

  constructor(
    private readonly url: string,
    private readonly purse: Purse,
  ) {}

  open(): void {
    if (!this.isClosed) return;
    this.isClosed = false;
    this.connect();
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.retry);
    this.drop();
  }

  /** Tries now instead of later. */
  retryNow(): void {
    if (this.isClosed || this.state !== 'waiting') return;
    clearTimeout(this.retry);
    this.attempt = 0;
    this.connect();
  }

  /** Asks, if the link is open. */
  request<T>(method: string, params: Record<string, unknown> = {}): Promise<T> {
    if (this.state !== 'open') return Promise.reject(new Disconnected());
    const id = ++this.lastId;
    return new Promise<T>((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.socket?.send(JSON.stringify({ id, method, params }));
    });
  }

  /** Opens the link if need be, waits for it, and asks. */
  async ask<T>(method: string, params: Record<string, unknown> = {}): Promise<T> {
    this.open();
    if (this.state !== 'open')
      await new Promise<void>((resolve, reject) => this.openers.push({ resolve, reject }));
    return this.request<T>(method, params);
  }

  private connect(): void {
    this.setState('connecting');
    const socket = new WebSocket(this.url);
    this.socket = socket;
    socket.onopen = () => this.greet(socket);
    socket.onmessage = (message) => this.take(message.data);
    socket.onclose = () => {
      if (this.socket !== socket) return;
      this.drop();
      if (this.isClosed) return;
      this.retry = setTimeout(() => this.connect(), backoff(this.attempt++, Math.random()));
    };
  }

  /** The link is open once the server knows whose it is, if it wants to. */
  private greet(socket: WebSocket): void {
    const token = this.purse.token();
    this.waiting.set(HELLO, {
      resolve: () => this.begin(),
      reject: (why) => this.askAgain(socket, why),
    });
    const params = { client: 'page', ...(token && { token }) };
    socket.send(JSON.stringify({ id: HELLO, method: 'hello', params }));
  }

  private begin(): void {
    this.attempt = 0;
    this.heard = performance.now();
    this.heartbeat = setInterval(() => this.beat(), PING_LIMIT_MS / 2);
    this.setState('open');
    for (const opener of this.openers.splice(0)) opener.resolve(undefined as never);
  }

  /** Who has no token is asked again only when he wishes it: see retryNow(). */
  private askAgain(socket: WebSocket, why: Error): void {
    if (!(why instanceof RemoteError) || why.code !== UNAUTHORIZED) return;
    socket.onclose = null;
    this.drop();
    if (this.purse.ask(why.message)) this.connect();
  }

  private take(text: unknown): void {
    this.heard = performance.now();
    let said: Record<string, unknown>;
    try {
      said = JSON.parse(String(text));
    } catch {
      return; // not what this server says
    }
    if (typeof said.method === 'string') {
      this.onEvent(said.method, (said.params ?? {}) as Record<string, unknown>);
      return;
    }
    const asked = this.waiting.get(Number(said.id));
    if (!asked) return;
    this.waiting.delete(Number(said.id));
    const error = said.error as { code: number; message: string; data?: object } | undefined;
    if (!error) asked.resolve(said.result as never);
    else asked.reject(new RemoteError(error.code, error.message, { ...error.data }));
  }

  /** A network that went away says nothing: ask, and give up on one that does not answer. */
  private beat(): void {
    const silence = performance.now() - this.heard;
    if (silence > PING_AFTER_MS + PING_LIMIT_MS) this.socket?.close();
    else if (silence > PING_AFTER_MS) this.request('ping').catch(() => {});
  }

  private drop(): void {
    clearInterval(this.heartbeat);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    const asked = [...this.waiting.values()];
    this.waiting.clear();
    this.setState('waiting');
    for (const one of asked) one.reject(new Disconnected());
    if (this.isClosed) for (const one of this.openers.splice(0)) one.reject(new Disconnected());
  }

  private setState(state: LinkState): void {
    if (this.state === state) return;
    this.state = state;
    this.onState(state);
  }
}

/** Where the server's WebSocket is, from where the page is. */
export function socketUrl(location: { protocol: string; host: string }): string {
  return `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}/ws`;
}
