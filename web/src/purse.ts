// The token that the reader of this page was given, where the server wants one. It is kept for this
// tab, as long as that lives, and never stands in an address.

const KEY = 'unscripted.token';

export interface Purse {
  token(): string | null;
  /** Asks for another one; false where the reader has none. */
  ask(why: string): boolean;
}

/** `storage` of the tab; `prompt` asks the reader. */
export function makePurse(
  storage: Pick<Storage, 'getItem' | 'setItem'>,
  prompt: (text: string) => string | null,
): Purse {
  return {
    token: () => storage.getItem(KEY),
    ask(why) {
      const given = prompt(`${why}\n\nYour token:`)?.trim();
      if (!given) return false;
      storage.setItem(KEY, given);
      return true;
    },
  };
}
