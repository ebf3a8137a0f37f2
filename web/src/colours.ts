// The colours of what is drawn. Thirst goes from blue over lilac to orange, which people who see no
// red or green can tell apart too, and none of which the ground has. A kind
// has a colour that follows from its name, the same for ever.
import { Color } from 'three';

const THIRST = [
  [0, new Color('#d9480f')],
  [0.2, new Color('#f0762b')],
  [0.4, new Color('#f4a05a')],
  [0.6, new Color('#b3a6c8')],
  [0.8, new Color('#74bdf0')],
  [1, new Color('#1c7ed6')],
] as const;

/** Of a bot, by what is left of its water: 1 is full. */
export function thirstColour(drink: unknown, out: Color): Color {
  const isKnown = typeof drink === 'number' && Number.isFinite(drink);
  const level = isKnown ? Math.min(1, Math.max(0, drink)) : 1;
  const i = Math.min(THIRST.length - 2, Math.floor(level * (THIRST.length - 1)));
  const [low, from] = THIRST[i];
  const [high, to] = THIRST[i + 1];
  return out.copy(from).lerp(to, (level - low) / (high - low));
}

/** FNV-1a: small, and well spread over short names. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; ++i) {
    hash ^= text.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0;
}

// What everybody expects of these names; any other kind gets a colour by its name.
const KNOWN: Record<string, string> = {
  well: '#8a94a6',
  wall: '#a5897a',
  stone: '#9aa0a6',
  crate: '#b9803f',
  food: '#c2255c',
};

export function kindColour(kind: string): string {
  const known = Object.hasOwn(KNOWN, kind) ? KNOWN[kind] : undefined;
  if (known) return known;
  const hash = hashOf(kind);
  // Not the blues and oranges that thirst has.
  const hue = [90, 120, 150, 270, 290, 310, 330, 350][hash % 8] + ((hash >>> 8) % 17);
  const lightness = 42 + ((hash >>> 16) % 18);
  return `hsl(${hue % 360}, 45%, ${lightness}%)`;
}

/** Each generation has its own; neighbours are far apart. */
export function generationColour(generation: unknown, out: Color): Color {
  const g = typeof generation === 'number' ? generation : 1;
  return out.setHSL(((g - 1) * 0.381966 + 0.12) % 1, 0.5, 0.68);
}

/** What the style sheet says a colour is, in the present theme. */
export function styleColour(name: string): Color {
  const text = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  return new Color(text || '#888888');
}
