// The panel of the selected thing: what it is, what can be done to it, and what it did lately.
import { kindColour, thirstColour } from './colours';
import { el, icon, setText } from './dom';
import { actionForm, type ActionForm } from './forms';
import { RemoteError } from './link';
import type { Player } from './player';
import { PanelPast } from './panel_past';
import type { Catalogue, Offer, Thing, Value } from './protocol';
import { serialOf, titleOf } from './protocol';
import { placeText, reasonText, sexOf, valueText } from './words';
import type { Visit } from './visit';
import { grouped } from './timeline_model';
import { Color } from 'three';

const NOBODY: Thing = {
  id: '',
  kind: 'bot',
  parent: '',
  pos: [0, 0, 0],
  dims: [0, 0, 0],
  actions: [],
  props: {},
};
const NEAR_THINGS = 30; // offered where an action names another thing

export interface PanelHost {
  readonly visit: Visit;
  readonly player: Player;
  readonly catalogue: Catalogue | null;
  readonly followed: string | null;
  readonly azimuth: number; // of the camera, in turns
  select(id: string | null): void;
  follow(id: string | null): void;
  notice(text: string): void;
  openJoin(): void;
}

export class Panel {
  private id: string | null = null;
  private made = ''; // what the actions were made for
  private readonly head = el('div', { class: 'thing-head' });
  private readonly facts = el('p', { class: 'note' });
  private readonly buttons = el('div', { class: 'row' });
  private readonly props = el('dl', { class: 'props' });
  private readonly actions = el('section', { 'aria-label': 'Actions' });
  private readonly past: PanelPast;

  constructor(
    private readonly pane: HTMLElement,
    private readonly host: PanelHost,
  ) {
    this.past = new PanelPast(host, (id, kind) => this.nameOf(id, kind));
    this.makeHead();
    this.show(null);
  }

  /** What it did lately, where that is seen. */
  refreshPast(): void {
    if (this.id) this.past.refresh();
  }

  show(id: string | null): void {
    this.id = id;
    this.made = '';
    if (!id) {
      this.pane.replaceChildren(
        el(
          'p',
          { class: 'note' },
          'Nothing is selected. Click a figure, or choose one under Things.',
        ),
      );
      return;
    }
    this.pane.replaceChildren(
      this.head,
      this.facts,
      this.buttons,
      this.props,
      this.actions,
      this.past.node,
    );
    this.update();
    // Of one that is not here now no more is known than its id; it is a bot, most likely.
    this.past.show(this.thing() ?? { ...NOBODY, id });
  }

  /** What changes with each event; called a few times a second at most. */
  update(): void {
    const thing = this.thing();
    if (!this.id) return;
    if (!thing) return this.sayAbsent(this.id);
    this.updateHead(thing);
    this.updateProps(thing);
    const { player, visit } = this.host;
    const mine = `${thing.id} ${player.bot} ${visit.mode} ${this.host.followed} ${thing.mind}`;
    if (mine === this.made) return;
    this.made = mine;
    this.makeButtons(thing);
    this.makeActions(thing);
  }

  private thing(): Thing | undefined {
    return this.id ? this.host.visit.store.things.get(this.id) : undefined;
  }

  /** `kind` is what it was, where it is gone by now. */
  private nameOf = (id: string, kind = 'thing'): string => {
    const thing = this.host.visit.store.things.get(id);
    return thing ? titleOf(thing) : serialOf(id) === '0' ? 'the world' : `${kind} ${serialOf(id)}`;
  };

  /** It was born later, or is gone: what it did can still be asked. */
  private sayAbsent(id: string): void {
    this.made = '';
    setText(this.head.children[1], this.nameOf(id));
    setText(this.facts, 'It is not here at this moment.');
    for (const part of [this.actions, this.props, this.buttons]) part.replaceChildren();
  }

  private makeHead(): void {
    const close = el(
      'button',
      { type: 'button', class: 'icon-button quiet', 'aria-label': 'Close' },
      icon('close'),
    );
    close.addEventListener('click', () => this.host.select(null));
    this.head.append(el('i', { class: 'dot' }), el('h2', {}), close);
  }

  private updateHead(thing: Thing): void {
    const [dot, title] = this.head.children as unknown as HTMLElement[];
    const colour =
      thing.kind === 'bot'
        ? `#${thirstColour(thing.props.drink, new Color()).getHexString()}`
        : kindColour(thing.kind);
    dot.style.background = colour;
    dot.classList.toggle('is-square', thing.kind !== 'bot');
    setText(title, titleOf(thing));
    const what = [
      thing.name ? `${thing.kind} ${serialOf(thing.id)}` : '',
      sexOf(thing),
      thing.kind === 'bot' ? `generation ${String(thing.props.generation ?? '?')}` : '',
      thing.mind ? `mind: ${thing.mind}` : '',
      thing.id === this.host.player.bot ? 'you speak for it' : '',
    ];
    setText(this.facts, what.filter((w) => w !== '').join(' · '));
  }

  private updateProps(thing: Thing): void {
    const kind = this.host.catalogue?.kinds.find((k) => k.kind === thing.kind);
    const carrier = serialOf(thing.parent) === '0' ? '' : this.nameOf(thing.parent);
    const rows: [string, string, number | null][] = [
      ['place (m)', placeText(thing.pos), null],
      ['size (m)', thing.dims.map((x) => valueText(x, this.nameOf)).join(' × '), null],
    ];
    if (carrier) rows.push(['carried by', carrier, null]);
    for (const [name, value] of Object.entries(thing.props)) {
      if (thing.kind === 'bot' && (name === 'female' || name === 'generation')) continue;
      const schema = kind?.props[name];
      const isShare = typeof value === 'number' && schema?.minimum === 0 && schema.maximum === 1;
      const unit =
        schema?.unit && schema.unit !== '1' ? ` ${schema.unit}${value === 1 ? '' : 's'}` : '';
      const text = isShare
        ? `${Math.round((value as number) * 100)} %`
        : `${valueText(value, this.nameOf)}${unit}`;
      rows.push([name, text, isShare ? (value as number) : null]);
    }
    const stale = this.props.childElementCount !== rows.length * 2;
    if (stale)
      this.props.replaceChildren(
        ...rows.flatMap(([name, , share]) => [
          el('dt', {}, name),
          el('dd', {}, el('span'), share !== null && el('span', { class: 'meter' }, el('i'))),
        ]),
      );
    rows.forEach(([name, text, share], i) => {
      setText(this.props.children[i * 2], name);
      const value = this.props.children[i * 2 + 1];
      setText(value.children[0], text);
      const fill = value.querySelector<HTMLElement>('.meter > i');
      if (fill && share !== null)
        fill.style.width = `${Math.round(Math.min(1, Math.max(0, share)) * 100)}%`;
    });
  }

  private makeButtons(thing: Thing): void {
    const isFollowed = this.host.followed === thing.id;
    const follow = el(
      'button',
      { type: 'button', 'aria-pressed': String(isFollowed), id: 'panel-follow' },
      icon('eye'),
      isFollowed ? 'Following' : 'Follow',
    );
    follow.addEventListener('click', () => this.host.follow(isFollowed ? null : thing.id));
    this.buttons.replaceChildren(follow);
    const { player, visit } = this.host;
    if (thing.kind !== 'bot' || visit.mode !== 'live') return;
    const isMine = player.bot === thing.id;
    if (!isMine && thing.mind) return; // its mind speaks for it
    const speak = el('button', { type: 'button' }, isMine ? 'Leave it' : 'Speak for it');
    speak.addEventListener('click', () => {
      const done = isMine ? player.leave() : player.attach(thing.id, true);
      done.catch((why: Error) => this.host.notice(why.message));
    });
    this.buttons.append(speak);
  }

  private makeActions(thing: Thing): void {
    const { player, visit } = this.host;
    const title = el('h3', {}, 'What can be done');
    const note = (text: string) =>
      this.actions.replaceChildren(title, el('p', { class: 'note' }, text));
    const offers = this.offersOf(thing);
    if (offers.length === 0) return note('Nothing that a plugin offers.');
    if (visit.mode === 'past')
      return note(
        `${offers.map((o) => o.action).join(', ')}: in the present only. Go back to live to act.`,
      );
    if (!player.bot) {
      const join = el('button', { type: 'button' }, 'Join the world');
      join.addEventListener('click', () => this.host.openJoin());
      this.actions.replaceChildren(
        title,
        el(
          'p',
          { class: 'note' },
          `${offers.map((o) => o.action).join(', ')}: as a bot of your own.`,
        ),
        join,
      );
      return;
    }
    const near = this.nearThings();
    const forms = offers.map((offer) => {
      const summary =
        this.host.catalogue?.actions.find(
          (a) => a.action === offer.action && (a.target === thing.kind || a.target === 'world'),
        )?.summary ?? '';
      const form: ActionForm = actionForm(
        offer,
        summary,
        near,
        (args) => void this.act(offer, thing, args, form),
        () => this.host.azimuth,
      );
      return form;
    });
    const toIt = thing.id === player.bot ? '' : ' to it';
    title.textContent = `What ${this.nameOf(player.bot)} can do${toIt}`;
    this.actions.replaceChildren(title, ...forms.map((f) => f.node));
  }

  /** A bot of one's own offers what can be done in the world, too. */
  private offersOf(thing: Thing): Offer[] {
    if (thing.id !== this.host.player.bot) return thing.actions;
    const inWorld = (this.host.catalogue?.actions ?? [])
      .filter((a) => a.target === 'world')
      .map((a) => ({ action: a.action, params: a.params.properties }));
    return [...inWorld, ...thing.actions];
  }

  private nearThings(): Thing[] {
    const { store } = this.host.visit;
    const me = this.host.player.bot ? store.things.get(this.host.player.bot) : undefined;
    const away = (t: Thing) => (me ? Math.hypot(t.pos[0] - me.pos[0], t.pos[2] - me.pos[2]) : 0);
    const others = [...store.things.values()].filter((t) => t !== me);
    return others.sort((a, b) => away(a) - away(b)).slice(0, NEAR_THINGS);
  }

  private async act(
    offer: Offer,
    thing: Thing,
    args: Record<string, Value>,
    form: ActionForm,
  ): Promise<void> {
    form.setEnabled(false);
    form.setOutcome('…', '');
    try {
      const { player } = this.host;
      const inWorld =
        thing.id === player.bot && !thing.actions.some((a) => a.action === offer.action);
      const result = await player.act(offer.action, inWorld ? null : thing.id, args);
      if (result.outcome === 'done')
        form.setOutcome(`done at tick ${grouped(result.tick)}`, 'done');
      else form.setOutcome(`refused: ${reasonText(result.reason)}`, 'refused');
    } catch (why) {
      form.setOutcome(
        why instanceof RemoteError ? why.message : String((why as Error).message),
        'refused',
      );
    }
    form.setEnabled(true);
  }
}
