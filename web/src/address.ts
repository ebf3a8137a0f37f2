// What the address bar says: which world, which tick, whom, and from where it is looked at.
// A link is a stranger's text: what does not make sense in it is left out.
import type { View } from './camera';
import type { Place } from './protocol';

export interface Address {
  world?: string;
  tick?: number; // none: live
  bot?: string; // the thing that is selected
  follow?: boolean;
  view?: View;
}

const NUMBERS_IN_VIEW = 6;

function round(x: number, digits: number): string {
  return String(Number(x.toFixed(digits)));
}

export function encodeView(view: View): string {
  const places = [...view.target, view.distance].map((x) => round(x, 2));
  const turns = [view.azimuth, view.elevation].map((x) => round(x, 4));
  return [...places, ...turns].join(',');
}

export function decodeView(text: string): View | undefined {
  if (text.length > 200) return undefined;
  const parts = text.split(',');
  const numbers = parts.map(Number);
  const isGood = numbers.length === NUMBERS_IN_VIEW && parts.every((p) => p.trim() !== '');
  if (!isGood || !numbers.every((x) => Number.isFinite(x) && Math.abs(x) < 1e7)) return undefined;
  const [x, y, z, distance, azimuth, elevation] = numbers;
  return { target: [x, y, z] as Place, azimuth, elevation, distance };
}

export function encodeAddress(address: Address): string {
  const params = new URLSearchParams();
  if (address.world) params.set('world', address.world);
  if (address.tick !== undefined) params.set('tick', String(address.tick));
  if (address.bot) params.set('bot', address.bot);
  if (address.bot && address.follow) params.set('follow', '1');
  // Commas and the like may stand in a query as they are, and are easier to read.
  const view = address.view ? `cam=${encodeView(address.view)}` : '';
  const text = [params.toString(), view].filter((part) => part !== '').join('&');
  return text === '' ? '' : `?${text}`;
}

export function decodeAddress(query: string): Address {
  const params = new URLSearchParams(query);
  const address: Address = {};
  const world = params.get('world');
  if (world) address.world = world.slice(0, 100);
  const tick = params.get('tick');
  if (tick && /^\d{1,15}$/.test(tick)) address.tick = Number(tick);
  const bot = params.get('bot');
  if (bot && /^[0-9a-f]{24}$/.test(bot)) address.bot = bot;
  if (address.bot && params.get('follow') === '1') address.follow = true;
  const view = params.get('cam');
  if (view) address.view = decodeView(view);
  if (!address.view) delete address.view;
  return address;
}
