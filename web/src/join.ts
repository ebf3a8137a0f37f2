// The dialog with which somebody joins a world: a name, a sex, and what to expect.
import { byId, el, setText } from './dom';
import { RemoteError } from './link';
import type { World } from './protocol';

function expectation(world: World): string {
  if (world.pace === 'lockstep')
    return `All bots of this world wait up to ${world.deadline_ms} ms for yours in each tick.`;
  if (world.pace === 'realtime')
    return 'Your bot acts when you do; the world does not wait for it.';
  return 'Your bot grows thirsty with each thing that it does.';
}

export function openJoin(
  world: World,
  join: (name: string, female: boolean) => Promise<void>,
  old: { title: string; takeUp: () => Promise<void> } | null,
): void {
  const dialog = byId<HTMLDialogElement>('join-dialog');
  if (dialog.open) return;
  const name = el('input', {
    name: 'name',
    maxlength: 64,
    autocomplete: 'off',
    placeholder: 'nameless',
  });
  const sex = el(
    'select',
    {},
    el('option', { value: 'true' }, 'female'),
    el('option', { value: '' }, 'male'),
  );
  const trouble = el('p', { class: 'outcome is-refused', role: 'alert' });
  const cancel = el('button', { type: 'button' }, 'Cancel');
  cancel.addEventListener('click', () => dialog.close());
  const enter = el('button', { class: 'primary' }, 'Join');
  const again = old && el('button', { type: 'button' }, `Go on as ${old.title}`);
  again?.addEventListener('click', () => {
    old?.takeUp().then(
      () => dialog.close(),
      (why: Error) => setText(trouble, why.message),
    );
  });
  const form = el(
    'form',
    { class: 'dialog-form' },
    el('label', {}, 'Name of your bot', name),
    el('label', {}, 'Sex', sex),
    el('p', { class: 'note' }, `${expectation(world)} It stays here when you leave.`),
    trouble,
    el('div', { class: 'row' }, enter, again, cancel),
  );
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    enter.disabled = true;
    try {
      await join(name.value.trim(), sex.value !== '');
      dialog.close();
    } catch (why) {
      setText(trouble, why instanceof RemoteError ? why.message : 'The server cannot be reached.');
    }
    enter.disabled = false;
  });
  dialog.replaceChildren(el('h2', { id: 'join-title' }, `Join ${world.name}`), form);
  dialog.showModal();
  name.focus();
}
