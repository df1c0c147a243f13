/** An `error` as an agent gets it. */
import { errorTable, type Refusal } from '../../protocol/errors.ts';

export function renderError(
  refusal: Refusal,
  about: string | undefined,
  facts?: Readonly<Record<string, unknown>>,
): string {
  const message = `${refusal.message} ${errorTable[refusal.code].todo}`;
  return JSON.stringify({
    type: 'error',
    code: refusal.code,
    message,
    ...(refusal.path === '' ? {} : { path: refusal.path }),
    about,
    facts,
  });
}
