/** `ampmesh certificate verify <file>`: what a certificate or the record of a team's outcome proves, checked without a node and without a network. */
import { readFileSync, statSync } from 'node:fs';
import type { Command } from 'commander';
import { createEd25519Keys } from '../../node/adapters/ed25519-keys.ts';
import { verifyBallotCertificate } from '../../protocol/decisions/index.ts';
import { AmpError } from '../../protocol/errors.ts';
import type { Store } from '../../protocol/ports.ts';
import { type VerifiedCertificate, verifyCertificateFile } from '../certificate-verify.ts';
import { exitCodes } from '../exit.ts';

/** The largest certificate; a longer file is none. */
const fileBytesMax = 1024 * 1024;

export function addCertificateCommand(program: Command): void {
  program
    .command('certificate')
    .summary('check the outcome of a decision, or of a team')
    .command('verify <file>')
    .summary('check every signature and count again, offline')
    .addHelpText(
      'before',
      `Examples:
  ampmesh certificate verify diagnosis.json
  ampmesh certificate verify diagnosis.json --json | jq .outcome
  ampmesh certificate verify team-outcome.json      # what became of a team, as its asker signed it

Exit codes: 0 it is good; 1 it is not; 2 the file cannot be read.
`,
    )
    .option('--json', 'one line of JSON')
    .action(verify);
}

function verify(file: string, flags: { readonly json?: boolean }): void {
  const checked = verifyCertificateFile(readCertificate(file), createCheckingKeys());
  if (!checked.ok) {
    const { code, message, path } = checked.refusal;
    if (flags.json === true) process.stdout.write(`${JSON.stringify({ ok: false, code, message, path })}\n`);
    process.stderr.write(`ampmesh: ${code} ${message}\n`);
    process.exitCode = exitCodes.failure;
    return;
  }
  const facts = describe(checked.value);
  if (flags.json === true) process.stdout.write(`${JSON.stringify({ ok: true, ...facts })}\n`);
  else process.stdout.write(`${facts.text}\n`);
}

/** An agreement on a count is shown as that count; its ballots are checked too. */
function describe(verified: VerifiedCertificate): {
  readonly text: string;
  readonly [fact: string]: unknown;
} {
  if (verified.type === 'ballots') {
    const { decision, outcome } = verified.ballots;
    return { type: 'ballots', question: decision.question, outcome, text: verified.text };
  }
  if (verified.type === 'team-outcome') {
    const { record: _, sig: _sig, ...facts } = verified.team;
    return { type: 'team-outcome', ...facts, text: verified.text };
  }
  const { agreement } = verified;
  const { value, ...facts } = agreement;
  const count = value === undefined ? undefined : verifyBallotCertificate(createCheckingKeys(), value);
  if (count?.ok !== true) return { type: agreement.kind, ...facts, value, text: verified.text };
  const { decision, outcome, ballots, equivocations } = count.value;
  const text = verified.text
    .split('\n')
    .map((line) =>
      line.startsWith('decided in round')
        ? `decided in round ${agreement.round}: ${decision.question}`
        : line,
    )
    .concat(
      outcome.type === 'decided' ? `outcome: ${outcome.option}` : 'outcome: undecided',
      `${ballots.length} of ${decision.voters.length} signed ballots counted, ${equivocations.length} voted twice:`,
      ...ballots.map(
        ({ voter, choice, opinion }) =>
          `${voter} ${choice.join(', ')}${opinion === undefined ? '' : ` (${opinion})`}`,
      ),
    )
    .join('\n');
  return {
    type: agreement.kind,
    ...facts,
    question: decision.question,
    outcome,
    ballots: ballots.length,
    text,
  };
}

/** @throws AmpError AMP-1502 for a file that is not there or far too large. */
function readCertificate(file: string): string {
  try {
    if (statSync(file).size > fileBytesMax)
      throw new AmpError('AMP-1502', `${file} is longer than ${fileBytesMax} bytes: no certificate is.`, {
        file,
      });
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof AmpError) throw error;
    throw new AmpError('AMP-1502', `${file} cannot be read: ${(error as Error).message}.`, { file }, error);
  }
}

/** Checking needs no key of its own: nothing is stored, nothing is drawn. */
function createCheckingKeys(): ReturnType<typeof createEd25519Keys> {
  const store: Store = {
    get: () => undefined,
    scan: () => [],
    commit: () => undefined,
    close: () => undefined,
  };
  return createEd25519Keys({ store, rng: { uint32: () => 0, bytes: (count) => new Uint8Array(count) } });
}
