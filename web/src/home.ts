// The list of worlds, with what lives in them now, and a form that begins one.
import { byId, el, setHidden, setText } from './dom';
import { RemoteError, type Link } from './link';
import type { World } from './protocol';
import { Rate } from './series';
import { grouped } from './timeline_model';

const AGAIN_MS = 2000;

interface Card {
  node: HTMLElement;
  counts: HTMLElement;
  facts: HTMLElement;
  rate: Rate;
}

function plural(count: number, kind: string): string {
  return count === 1 || kind.endsWith('s') || kind === 'food' ? kind : `${kind}s`;
}

export class Home {
  private readonly cards = new Map<string, Card>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly link: Link) {
    byId<HTMLFormElement>('begin').addEventListener('submit', (event) => {
      event.preventDefault();
      void this.begin(event.target as HTMLFormElement);
    });
    document.addEventListener('visibilitychange', () => this.schedule(0));
  }

  /** `missing` is what a link asked for that is not there. */
  show(missing: string | null): void {
    setHidden(byId('home'), false);
    setText(byId('title'), 'Worlds');
    document.title = 'Worlds – Unscripted';
    const box = byId('missing');
    setHidden(box, missing === null);
    if (missing !== null)
      box.replaceChildren(el('h2', {}, 'There is no such world here'), el('p', {}, missing));
    this.schedule(0);
  }

  /** After each time that the link opened. */
  resume(): void {
    for (const card of this.cards.values()) card.rate.clear();
    this.schedule(0);
  }

  private schedule(ms: number): void {
    clearTimeout(this.timer);
    if (!document.hidden && !byId('home').hidden)
      this.timer = setTimeout(() => void this.refresh(), ms);
  }

  private async refresh(): Promise<void> {
    try {
      const { items } = await this.link.request<{ items: World[] }>('world.list');
      this.fill(items);
      this.schedule(AGAIN_MS);
    } catch {
      // The link is down, which the banner says; it calls again once it is open.
    }
  }

  private fill(worlds: World[]): void {
    setHidden(byId('no-worlds'), worlds.length > 0);
    const list = byId('worlds');
    const wanted = new Set(worlds.map((w) => w.id));
    for (const [id, card] of this.cards) {
      if (wanted.has(id)) continue;
      card.node.remove();
      this.cards.delete(id);
    }
    for (const world of worlds) {
      let card = this.cards.get(world.id);
      if (!card) {
        card = this.make(world);
        list.append(card.node);
        this.cards.set(world.id, card);
      }
      this.update(card, world);
    }
    setText(byId('numbers'), `${worlds.length} ${plural(worlds.length, 'world')}`);
  }

  private make(world: World): Card {
    const counts = el('div', { class: 'counts' });
    const facts = el('p', { class: 'facts' });
    const inside = [el('strong', {}, world.name), counts, facts];
    const node = world.trouble
      ? el('div', { class: 'world-card' }, ...inside)
      : el('a', { class: 'world-card', href: `/?world=${world.id}` }, ...inside);
    return { node: el('li', {}, node), counts, facts, rate: new Rate() };
  }

  private update(card: Card, world: World): void {
    if (world.trouble) {
      card.facts.className = 'facts trouble';
      setText(card.facts, world.trouble);
      return;
    }
    const kinds = Object.entries(world.counts)
      .filter(([, n]) => n > 0)
      .slice(0, 6);
    if (card.counts.childElementCount !== kinds.length)
      card.counts.replaceChildren(...kinds.map(() => el('span', {}, el('b'), ' ', el('span'))));
    kinds.forEach(([kind, count], i) => {
      const [number, name] = card.counts.children[i].children;
      setText(number, grouped(count));
      setText(name, plural(count, kind));
    });
    const rate = card.rate.read(performance.now() / 1000, world.actions);
    const deaths = Object.values(world.deaths).reduce((a, b) => a + b, 0);
    const parts = [`tick ${grouped(world.tick)}`, world.paused ? 'stands still' : world.pace];
    if (rate !== null && !world.paused) parts.push(`${grouped(rate)} actions/s`);
    parts.push(
      `${grouped(deaths)} ${deaths === 1 ? 'death' : 'deaths'}`,
      `${world.dims[0]} × ${world.dims[2]} m`,
    );
    if (world.forked_from) parts.push(`fork of ${world.forked_from}`);
    setText(card.facts, parts.join(' · '));
  }

  private async begin(form: HTMLFormElement): Promise<void> {
    const data = new FormData(form);
    const number = (name: string) => Number(data.get(name)) || 0;
    const button = form.querySelector('button');
    if (button) button.disabled = true;
    try {
      const side = number('side') || 20;
      const world = await this.link.request<World>('world.create', {
        name: String(data.get('name')),
        dims: [side, 10, side],
        pace: data.get('pace'),
        capacity: { bot: Math.max(20, number('bots') * 2), thing: 1000 },
      });
      for (let i = 0; i < number('wells'); ++i)
        await this.link.request('thing.create', { world: world.id, kind: 'well' });
      for (let i = 0; i < number('bots'); ++i)
        await this.link.request('bot.create', {
          world: world.id,
          mind: 'random',
          female: i % 2 === 0,
        });
      location.assign(`/?world=${world.id}`);
    } catch (why) {
      const box = byId('missing');
      setHidden(box, false);
      box.replaceChildren(
        el('h2', {}, 'That did not work'),
        el('p', {}, why instanceof RemoteError ? why.message : 'The server cannot be reached.'),
      );
    }
    if (button) button.disabled = false;
  }
}
