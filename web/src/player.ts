// The bot that this page speaks for: it is made here, acts here, and its heir is spoken for when it
// dies. After a reconnect the page speaks for it again.
import { RemoteError, type Link } from './link';
import type { ActResult, Thing, Value } from './protocol';
import { recall, remember } from './dom';

export class Player {
  bot: string | null = null;
  onChange: () => void = () => {};
  onNotice: (text: string) => void = () => {};

  constructor(
    private readonly link: Link,
    private readonly world: string,
  ) {}

  /** The bot that this browser left in this world some other time. */
  get leftBehind(): string | null {
    return recall(`unscripted.bot.${this.world}`);
  }

  async join(name: string, female: boolean): Promise<Thing> {
    const wish = { world: this.world, female, ...(name !== '' && { name }) };
    const bot = await this.link.request<Thing>('bot.create', wish);
    this.set(bot.id);
    return bot;
  }

  /** Speaks for a bot that is there; with `take` also where somebody else does. */
  async attach(bot: string, take: boolean): Promise<void> {
    await this.link.request('bot.attach', { bot, take });
    this.set(bot);
  }

  async leave(): Promise<void> {
    const { bot } = this;
    this.set(null);
    if (bot) await this.link.request('bot.detach', { bot });
  }

  /** The link opened anew: the server has forgotten who spoke for the bot. */
  async resume(): Promise<void> {
    if (!this.bot) return;
    try {
      await this.link.request('bot.attach', { bot: this.bot });
    } catch (why) {
      if (!(why instanceof RemoteError)) return;
      this.set(null);
      this.onNotice(`You speak for no bot any more: ${why.message}`);
    }
  }

  act(action: string, target: string | null, args: Record<string, Value>): Promise<ActResult> {
    const aim = target && target !== this.bot ? { target } : {};
    return this.link.request<ActResult>('act', { bot: this.bot, action, ...aim, args });
  }

  /** What the link says unasked. */
  hear(method: string, params: Record<string, unknown>): void {
    if (params.bot !== this.bot || this.bot === null) return;
    if (method === 'died') {
      const heir = typeof params.heir === 'string' ? params.heir : null;
      this.onNotice(
        `Your bot died of ${String(params.cause)}.${heir ? ' Its heir is yours.' : ''}`,
      );
      this.set(heir);
    } else if (method === 'detached') {
      this.onNotice('Somebody else speaks for your bot now.');
      this.set(null);
    }
  }

  private set(bot: string | null): void {
    this.bot = bot;
    if (bot) remember(`unscripted.bot.${this.world}`, bot);
    this.onChange();
  }
}
