// Begins the page: connects, and shows the world that the address names, or the list of all.
import { decodeAddress } from './address';
import { expose } from './debug';
import { byId } from './dom';
import { Home } from './home';
import { startKeys } from './keys';
import { Disconnected, Link, RemoteError, socketUrl } from './link';
import type { World } from './protocol';
import { makePurse } from './purse';
import { notice, openHelp, showLink, startTheme } from './shell';
import { WorldPage } from './world_page';

const url = socketUrl(location);
const purse = makePurse(sessionStorage, (text) => window.prompt(text));
const live = new Link(url, purse);
let home: Home | null = null;
let page: WorldPage | null = null;
let isStarting = false;

const changeTheme = startTheme(() => page?.restyle());
byId('theme').addEventListener('click', changeTheme);
byId('help-button').addEventListener('click', openHelp);

function showHome(missing: string | null): void {
  history.replaceState(null, '', '/');
  home ??= new Home(live);
  home.show(missing);
}

function leaveFor(missing: string): void {
  // What is shown of a world that is gone goes with it.
  sessionStorage.setItem('unscripted.missing', missing);
  location.assign('/');
}

function whyNot(world: string, why: RemoteError): string {
  if (why.reason !== 'not_found') return why.message;
  return `“${world}” may have been deleted, or the link may be of another server.`;
}

async function start(): Promise<void> {
  const address = decodeAddress(location.search);
  if (!address.world) {
    const missing = sessionStorage.getItem('unscripted.missing');
    sessionStorage.removeItem('unscripted.missing');
    return showHome(missing);
  }
  let world: World;
  try {
    world = await live.request<World>('world.get', { world: address.world });
  } catch (why) {
    if (!(why instanceof RemoteError)) throw why;
    return showHome(whyNot(address.world, why));
  }
  page = new WorldPage(
    { live, past: new Link(url, purse), study: new Link(url, purse) },
    world,
    address,
    leaveFor,
  );
  await page.resume();
}

async function opened(): Promise<void> {
  if (isStarting) return;
  try {
    if (page) await page.resume();
    else if (home) home.resume();
    else {
      isStarting = true;
      await start();
    }
  } catch (why) {
    // A link that broke opens again, and this begins anew.
    if (why instanceof RemoteError && page && why.reason === 'not_found') leaveFor(why.message);
    else if (!(why instanceof Disconnected))
      notice(why instanceof Error ? why.message : String(why));
  } finally {
    isStarting = false;
  }
}

live.onState = (state) => {
  showLink(state, () => live.retryNow());
  page?.linkChanged();
  if (state === 'open') void opened();
};
live.onEvent = (method, params) => page?.hearLive(method, params);
addEventListener('online', () => live.retryNow());
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) live.retryNow();
});

startKeys({
  drive: (how, isDown) => page?.view?.rig.drive(how, isDown),
  stopDriving: () => page?.view?.rig.stopDriving(),
  run: (command) => {
    if (command === 'theme') changeTheme();
    else if (command === 'help') openHelp();
    else page?.run(command);
  },
});
expose(live, () => page);
live.open();
