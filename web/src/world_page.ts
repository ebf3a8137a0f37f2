// The page of one world: brings together what is shown of it. Leaving a world loads the page anew,
// so nothing here is ever taken apart.
import type { View } from './camera';
import { decodeView, encodeAddress, encodeView, type Address } from './address';
import { Charts } from './charts';
import { runCommand } from './commands';
import { byId, recall, remember, setHidden, setText, throttle } from './dom';
import { showHeading } from './heading';
import { openJoin } from './join';
import { RemoteError } from './link';
import { Panel, type PanelHost } from './panel';
import { Player } from './player';
import type { Catalogue, World } from './protocol';
import { serialOf, titleOf } from './protocol';
import { notice, Tabs } from './shell';
import type { Changes } from './store';
import { ThingsList } from './things_list';
import { Timeline, type TimelineHost } from './timeline';
import type { Bucket } from './timeline_model';
import { tryView } from './try_view';
import type { View3d } from './view3d';
import { Visit, type Links } from './visit';

const WORLD_AGAIN_MS = 2000;
const IDLE_AGAIN_MS = 5000;

export class WorldPage implements PanelHost, TimelineHost {
  readonly visit: Visit;
  readonly player: Player;
  readonly view: View3d | null;
  catalogue: Catalogue | null = null;
  selected: string | null = null;
  followed: string | null = null;

  private readonly panel: Panel;
  private readonly list: ThingsList;
  private readonly charts: Charts;
  readonly timeline: Timeline;
  readonly tabs: Tabs;
  private isStarted = false;
  private toldSeq = -1;
  private starting: Promise<void> | null = null;
  private isPlaced = false; // the camera: nothing that it did before is to be remembered
  private isDirty = true; // something changed since the charts were drawn
  private readonly refreshSoon = throttle(250, () => this.refreshTexts());
  private readonly writeAddress = throttle(400, () => this.keepAddress());

  constructor(
    readonly links: Links,
    world: World,
    private readonly address: Address,
    private readonly onGone: (why: string) => void,
  ) {
    this.visit = new Visit(links, world, {
      things: (changes, glides) => this.take(changes, glides),
      world: () => this.worldChanged(),
      mode: () => this.changed(),
      notice,
    });
    setHidden(byId('world'), false);
    setHidden(byId('join'), false);
    this.player = new Player(links.live, world.id);
    this.player.onNotice = notice;
    this.player.onChange = () => this.playerChanged();
    this.tabs = new Tabs(() => this.tabChanged());
    this.panel = new Panel(byId('pane-thing'), this);
    this.list = new ThingsList(
      byId('pane-list'),
      this.visit.store,
      (id) => this.select(id),
      () => this.selected,
    );
    this.charts = new Charts(byId('pane-charts'), this.visit);
    this.timeline = new Timeline(this.visit, this);
    this.view = this.makeView();
    byId('join').addEventListener('click', () => this.openJoin());
    byId('fit').addEventListener('click', () => this.run('fit'));
    byId('names').addEventListener('click', () => this.run('names'));
    byId('follow').addEventListener('click', () => this.run('follow'));
    byId('zoom-in').addEventListener('click', () => this.view?.rig.zoom(0.75));
    byId('zoom-out').addEventListener('click', () => this.view?.rig.zoom(1 / 0.75));
  }

  /** After each time that the link opened: begins, or goes on where it was. */
  async resume(): Promise<void> {
    this.charts.gap();
    if (!this.isStarted) {
      // One that still waits for its answers goes on by itself.
      this.starting ??= this.start().finally(() => (this.starting = null));
      return this.starting;
    }
    await this.visit.resume();
    await this.player.resume();
  }

  hearLive(method: string, params: Record<string, unknown>): void {
    if (method === 'plugins') void this.describe();
    this.player.hear(method, params);
    this.visit.hearLive(method, params);
  }

  // -- what the parts ask for --------------------------------------------------------------------

  select(id: string | null): void {
    this.selected = id;
    if (this.followed !== id) this.follow(null);
    this.view?.select(id);
    this.panel.show(id);
    if (id && this.tabs.current !== 'thing') this.tabs.show('thing');
    this.changed();
  }

  get azimuth(): number {
    return this.view?.rig.view.azimuth ?? 0;
  }

  follow(id: string | null): void {
    this.followed = id;
    this.view?.follow(id);
    byId('follow').setAttribute('aria-pressed', String(id !== null));
    this.changed();
  }

  notice(text: string): void {
    notice(text);
  }

  openJoin(): void {
    if (this.player.bot) return this.select(this.player.bot);
    const old = this.player.leftBehind ? this.visit.store.things.get(this.player.leftBehind) : null;
    const enter = async (id: Promise<string>) => {
      await this.visit.goLive();
      const bot = await id;
      this.select(bot);
      this.follow(bot);
    };
    const takeUp = (bot: string) => this.player.attach(bot, false).then(() => bot);
    openJoin(
      this.visit.world,
      (name, female) => enter(this.player.join(name, female).then((bot) => bot.id)),
      old ? { title: titleOf(old), takeUp: () => enter(takeUp(old.id)) } : null,
    );
  }

  overview(buckets: Bucket[]): void {
    this.charts.overview = buckets;
    this.isDirty = true;
  }

  async fork(tick: number | null): Promise<void> {
    try {
      const at = tick === null ? {} : { at: { tick } };
      const fork = await this.links.study.ask<World>('world.fork', { world: this.visit.id, ...at });
      location.assign(`/?world=${fork.id}`);
    } catch (why) {
      this.visit.complain(why);
    }
  }

  /** What a key or a button wants; see the list of keys. */
  run(command: string): void {
    runCommand(this, command);
  }

  restyle(): void {
    this.view?.restyle();
    this.isDirty = true;
    this.everySecond();
    this.timeline.update();
  }

  /** A link that breaks meanwhile begins it again. */
  private async start(): Promise<void> {
    const { bot, follow, tick, view } = this.address;
    await this.describe();
    this.view?.open(this.visit.world);
    this.placeCamera(view);
    await this.visit.start(tick);
    this.isStarted = true;
    if (bot) this.selectFromLink(bot, follow === true);
    setInterval(() => this.everySecond(), 1000);
    this.pollSoon(WORLD_AGAIN_MS);
    void this.timeline.readOverview();
  }

  // -- what happens ------------------------------------------------------------------------------

  private makeView(): View3d | null {
    const view = tryView((kind) => this.catalogue?.kinds.find((k) => k.kind === kind)?.solid);
    if (!view) {
      this.tabs.show('list');
      return null;
    }
    view.onSelect = (id) => this.select(id);
    view.onCamera = () => this.cameraMoved();
    return view;
  }

  private async describe(): Promise<void> {
    this.catalogue = await this.links.live.request<Catalogue>('describe');
  }

  private take(changes: Changes, glides: boolean): void {
    this.view?.take(changes, glides);
    for (const death of changes.died) this.mourn(death.id, death.cause, death.heir);
    this.changed();
  }

  /** The heir is followed where the dead one was. */
  private mourn(id: string, cause: string, heir: string | undefined): void {
    if (id !== this.selected) return;
    const wasFollowed = this.followed === id;
    notice(
      `Bot ${serialOf(id)} died of ${cause}${heir ? `; bot ${serialOf(heir)} is its heir` : ''}.`,
    );
    if (!heir || !this.visit.store.things.has(heir)) return this.follow(null);
    const tab = this.tabs.current;
    this.select(heir);
    if (tab !== this.tabs.current) this.tabs.show(tab);
    if (wasFollowed) this.follow(heir);
  }

  private worldChanged(): void {
    this.charts.sampleWorld();
    // Where nothing happened nothing is to be drawn anew, not even a chart's axis.
    if (this.visit.world.seq !== this.toldSeq) this.changed();
    this.toldSeq = this.visit.world.seq;
  }

  private playerChanged(): void {
    const { bot } = this.player;
    if (this.view) this.view.labels.mine = bot;
    setText(byId('join'), bot ? 'Your bot' : 'Join');
    this.changed();
  }

  private changed(): void {
    this.isDirty = true;
    this.refreshSoon();
    this.writeAddress();
  }

  private cameraMoved(): void {
    if (!this.isPlaced) return;
    if (this.followed && this.view && this.view.rig.following === null) this.follow(null);
    if (this.view && this.view.rig.following !== this.followed) {
      this.followed = this.view.rig.following;
      byId('follow').setAttribute('aria-pressed', String(this.followed !== null));
      this.refreshSoon();
    }
    this.writeAddress();
  }

  private tabChanged(): void {
    this.isDirty = true;
    this.everySecond();
    this.refreshSoon();
  }

  // -- what is said ------------------------------------------------------------------------------

  linkChanged(): void {
    this.refreshSoon();
  }

  private refreshTexts(): void {
    showHeading(this.visit, this.charts.actionsPerSecond);
    this.panel.update();
    this.timeline.update();
  }

  private everySecond(): void {
    if (document.hidden || !this.isDirty) return;
    this.isDirty = false;
    this.charts.sample();
    this.charts.draw();
    if (this.tabs.current === 'list') this.list.update();
    else if (this.tabs.current === 'thing') this.panel.refreshPast();
    void this.timeline.readOverview();
  }

  private pollSoon(ms: number): void {
    setTimeout(() => void this.poll(), ms);
  }

  private async poll(): Promise<void> {
    const before = this.visit.world;
    try {
      if (!document.hidden) await this.visit.refresh();
    } catch (why) {
      if (why instanceof RemoteError && why.reason === 'not_found')
        return this.onGone(`The world ${titleOf({ ...before, kind: 'world' })} was deleted.`);
    }
    const isIdle = this.visit.world.seq === before.seq;
    this.pollSoon(isIdle ? IDLE_AGAIN_MS : WORLD_AGAIN_MS);
  }

  // -- what is remembered ------------------------------------------------------------------------

  private placeCamera(wanted: View | undefined): void {
    if (!this.view) return;
    const kept = recall(`unscripted.camera.${this.visit.id}`);
    const view = wanted ?? (kept ? decodeView(kept) : undefined);
    if (view) this.view.rig.jump(view);
    else {
      this.view.fit();
      this.view.rig.advance(1e4, null);
    }
    this.isPlaced = true;
    this.view.stage.invalidate();
  }

  private selectFromLink(bot: string, follow: boolean): void {
    if (!this.visit.store.things.has(bot)) {
      // Live, the things come with the first snapshot.
      if (this.visit.store.seq === 0) setTimeout(() => this.selectFromLink(bot, follow), 100);
      else notice('The thing that the link names is not here at this moment.');
      return;
    }
    this.select(bot);
    if (follow) this.follow(bot);
  }

  private keepAddress(): void {
    if (!this.isStarted) return; // what the address says is still to be done
    const view = this.isPlaced ? this.view?.rig.view : undefined;
    if (view) remember(`unscripted.camera.${this.visit.id}`, encodeView(view));
    const query = encodeAddress({
      world: this.visit.id,
      tick: this.visit.mode === 'past' ? this.visit.tick : undefined,
      bot: this.selected ?? undefined,
      follow: this.followed !== null,
      view,
    });
    if (query !== location.search) history.replaceState(null, '', `/${query}`);
  }
}
