// Records and properties in words that people read.
import type { HistoryRecord, Thing, Value } from './protocol';
import { serialOf } from './protocol';
import { grouped } from './timeline_model';

/** A number with as many digits as are of use. */
export function shortNumber(x: number): string {
  if (!Number.isFinite(x)) return String(x);
  if (Number.isInteger(x)) return grouped(x);
  return String(Number(x.toPrecision(Math.abs(x) < 1 ? 3 : 4)));
}

export function valueText(value: Value, nameOf: (id: string) => string): string {
  if (typeof value === 'number') return shortNumber(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (value === null) return 'nobody';
  return /^[0-9a-f]{24}$/.test(value) ? nameOf(value) : value;
}

export function placeText(pos: readonly number[]): string {
  const up = pos[1] > 0.005 ? `, ${pos[1].toFixed(2)} up` : '';
  return `${pos[0].toFixed(2)}, ${pos[2].toFixed(2)}${up}`;
}

const REASONS: Record<string, string> = {
  not_in_reach: 'too far away',
  blocked: 'something is in the way',
};

/** Why an action was refused; the engine's own reasons in words. */
export function reasonText(reason: string | undefined): string {
  return reason === undefined ? 'no reason given' : (REASONS[reason] ?? reason);
}

/** "drink at well 1: too far away", from the view of one thing. */
export function recordText(
  record: HistoryRecord,
  about: string,
  nameOf: (id: string, kind?: string) => string,
): string {
  const { command } = record;
  const parts: string[] = [];
  if (command.type === 'act') {
    const isOther = command.agent !== undefined && command.agent !== about;
    if (isOther) parts.push(nameOf(command.agent as string, 'bot'));
    parts.push(command.absent ? 'did nothing' : (command.action ?? 'act'));
    const target = command.target;
    if (target && target !== command.agent && serialOf(target) !== '0')
      parts.push(target === about ? 'at it' : `at ${nameOf(target)}`);
    for (const [name, value] of Object.entries(command.args ?? {}))
      parts.push(`${name} ${valueText(value, nameOf)}`);
  } else {
    parts.push(command.type);
  }
  let text = parts.join(' ');
  const { outcome, reason } = record;
  if (outcome !== 'done') text += `: ${reason ? reasonText(reason) : outcome}`;
  for (const effect of record.effects) {
    const isIt = effect.thing === about;
    const who = nameOf(effect.thing ?? '', 'bot');
    if (effect.type === 'removed' && effect.cause)
      text += `; ${isIt ? '' : `${who} `}died of ${effect.cause}`;
    if (effect.type === 'created' && effect.kind === 'bot')
      text += `; ${isIt ? 'was born' : `${who} born`}`;
  }
  return text;
}

export function sexOf(thing: Thing): string {
  if (typeof thing.props.female !== 'boolean') return '';
  return thing.props.female ? 'female' : 'male';
}
