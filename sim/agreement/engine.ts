/** The code under test, as a value: the real modules, or a copy of them with one bug planted. */
import { visitSigned } from '../../protocol/consensus/certificate.ts';
import * as consensus from '../../protocol/consensus/index.ts';
import { isOfInstance } from '../../protocol/consensus/instance.ts';

export type Engine = typeof consensus & {
  readonly visitSigned: typeof visitSigned;
  readonly isOfInstance: typeof isOfInstance;
  readonly isReal: boolean;
};
export const realEngine: Engine = { ...consensus, visitSigned, isOfInstance, isReal: true };
