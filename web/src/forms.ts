// Forms for actions, made from what the server says of their parameters: ranges, units, choices.
import { el, setText } from './dom';
import type { Offer, Schema, Thing, Value } from './protocol';
import { titleOf } from './protocol';

export interface ActionForm {
  node: HTMLElement;
  setOutcome(text: string, sort: 'done' | 'refused' | ''): void;
  setEnabled(isEnabled: boolean): void;
}

type Reader = () => Value | undefined;

// As seen from the camera: an arrow, what it says, and the angle where the camera looks along -z.
const COMPASS = [
  ['↖', 'away, left', 0.625],
  ['↑', 'away', 0.75],
  ['↗', 'away, right', 0.875],
  ['←', 'left', 0.5],
  ['', '', null],
  ['→', 'right', 0],
  ['↙', 'near, left', 0.375],
  ['↓', 'near', 0.25],
  ['↘', 'near, right', 0.125],
] as const;

/** What a range means, in words. */
export function hintOf(schema: Schema): string {
  const unit = schema.unit && schema.unit !== '1' ? ` ${schema.unit}` : '';
  const { minimum, maximum } = schema;
  const isBounded = maximum !== undefined && maximum < 1e15;
  if (minimum !== undefined && isBounded) return `${minimum} to ${maximum}${unit}`;
  return unit.trim();
}

/** Whether a slider says it better than a box. */
export function isRange(schema: Schema): boolean {
  return (
    schema.type === 'number' &&
    schema.minimum !== undefined &&
    schema.maximum !== undefined &&
    schema.maximum - schema.minimum <= 1000
  );
}

function numberField(name: string, schema: Schema): { node: HTMLElement; read: Reader } {
  const value = Number(schema.default ?? schema.minimum ?? 0);
  const said = el('output', {}, String(value));
  const input = el('input', {
    type: isRange(schema) ? 'range' : 'number',
    min: schema.minimum,
    max: schema.maximum !== undefined && schema.maximum < 1e15 ? schema.maximum : null,
    step:
      schema.type === 'integer'
        ? 1
        : isRange(schema)
          ? (schema.maximum! - schema.minimum!) / 200
          : 'any',
    value,
  });
  const show = () => {
    const turns = schema.unit === 'turn' ? ` (${Math.round(Number(input.value) * 360)}°)` : '';
    setText(said, `${input.value}${turns}`);
  };
  input.addEventListener('input', show);
  const label = el(
    'label',
    {},
    el('span', {}, `${name} · ${hintOf(schema)}`),
    isRange(schema) && said,
    input,
  );
  return { node: label, read: () => (input.value === '' ? undefined : Number(input.value)) };
}

function thingField(name: string, things: Thing[]): { node: HTMLElement; read: Reader } {
  const select = el('select', {});
  for (const thing of things) select.append(el('option', { value: thing.id }, titleOf(thing)));
  return {
    node: el('label', {}, el('span', {}, name), select),
    read: () => (select.value === '' ? undefined : select.value),
  };
}

function fieldOf(
  name: string,
  schema: Schema,
  things: Thing[],
): { node: HTMLElement; read: Reader } {
  if (schema.format === 'thing') return thingField(name, things);
  if (schema.type === 'number' || schema.type === 'integer') return numberField(name, schema);
  if (schema.type === 'boolean') {
    const box = el('input', { type: 'checkbox', checked: schema.default === true });
    return { node: el('label', {}, el('span', {}, name), box), read: () => box.checked };
  }
  const text = el('input', {
    type: 'text',
    maxlength: schema.maxLength,
    value: String(schema.default ?? ''),
  });
  return { node: el('label', {}, el('span', {}, name), text), read: () => text.value };
}

/** An angle of the compass in the world's turns, with the camera turned by `azimuth`. */
export function turnsSeen(turns: number, azimuth: number): number {
  const seen = turns - azimuth;
  return seen - Math.floor(seen);
}

/** Eight directions as one sees them, for a parameter that is an angle. */
function compass(
  name: string,
  send: (args: Record<string, Value>) => void,
  azimuth: () => number,
): HTMLElement {
  const pad = el('div', { class: 'compass', role: 'group', 'aria-label': `Directions of ${name}` });
  for (const [arrow, said, turns] of COMPASS) {
    if (turns === null) {
      pad.append(el('span'));
      continue;
    }
    const button = el('button', { type: 'button', 'aria-label': said, title: said }, arrow);
    button.addEventListener('click', () => send({ [name]: turnsSeen(turns, azimuth()) }));
    pad.append(button);
  }
  return pad;
}

/**
 * `things` are what a parameter may name; `send` carries the action out; `azimuth` is the camera's.
 */
export function actionForm(
  offer: Offer,
  summary: string,
  things: Thing[],
  send: (args: Record<string, Value>) => void,
  azimuth: () => number,
): ActionForm {
  const params = Object.entries(offer.params);
  const fields = params.map(([name, schema]) => ({ name, ...fieldOf(name, schema, things) }));
  const button = el('button', { class: 'primary' }, offer.action);
  const outcome = el('p', { class: 'outcome', role: 'status' });
  const onlyAngle = params.length === 1 && params[0][1].unit === 'turn';
  const form = el(
    'form',
    { class: 'action', 'data-action': offer.action },
    el('div', { class: 'action-head' }, el('p', {}, summary), button),
    onlyAngle && compass(params[0][0], send, azimuth),
    ...fields.map((f) => f.node),
    outcome,
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const args: Record<string, Value> = {};
    for (const { name, read } of fields) {
      const value = read();
      if (value !== undefined) args[name] = value;
    }
    send(args);
  });
  return {
    node: form,
    setOutcome(text, sort) {
      setText(outcome, text);
      outcome.className = `outcome ${sort ? `is-${sort}` : ''}`;
    },
    setEnabled(isEnabled) {
      for (const field of form.querySelectorAll('button')) field.disabled = !isEnabled;
    },
  };
}
