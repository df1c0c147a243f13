/** `ampmesh decisions ask`: find a group by meaning and let it decide, with as much care as the matter deserves. */
import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { type Agent, connectAgent, connectSpace, decideTier, type TierReport } from '../../client/index.ts';
import type { Did } from '../../protocol/brand.ts';
import { tiers } from '../../protocol/decisions/index.ts';
import { AmpError } from '../../protocol/errors.ts';
import { exitCodes } from '../exit.ts';
import { findNodes } from '../local-nodes.ts';

interface AskFlags {
  readonly option: readonly string[];
  readonly who: string;
  readonly count: string;
  readonly tier: string;
  readonly ballotSeconds: string;
  readonly phaseSeconds: string;
  readonly certificate?: string;
  readonly node?: string;
  readonly token?: string;
  readonly json?: boolean;
}

export function addDecideAskCommand(decisions: Command): void {
  decisions
    .command('ask <question>')
    .summary('let a group decide: ballots, debate, and in the end a person')
    .addHelpText(
      'before',
      `Examples:
  ampmesh decisions ask "Which cache?" --option redis --option none --who "operates services"
  ampmesh decisions ask "Drop the table?" --option yes --option no --who "looks after databases" --tier strategic
    … then, in another terminal: ampmesh approvals
`,
    )
    .requiredOption('--option <text...>', 'what may be chosen; two or more')
    .requiredOption('--who <text>', 'what those who decide can do: they are found by meaning')
    .option('--count <number>', 'how many of them', '5')
    .option('--tier <tier>', 'operational, tactical or strategic', 'operational')
    .option('--ballot-seconds <seconds>', 'time for each ballot', '10')
    .option('--phase-seconds <seconds>', 'time for each phase of a debate', '30')
    .option('--certificate <file>', 'write the certificate of the last ballot to a file')
    .option('--node <name|url>', 'node to go through (AMPMESH_NODE)')
    .option('--token <token>', 'its token (AMPMESH_TOKEN, AMPMESH_TOKEN_FILE)')
    .option('--json', 'one line of JSON at the end')
    .action((question: string, _flags: unknown, command: Command) =>
      runCommand(question, command.optsWithGlobals() as AskFlags),
    );
}

async function runCommand(question: string, flags: AskFlags): Promise<void> {
  const tier = tiers.find((one) => one === flags.tier);
  if (tier === undefined) throw new AmpError('AMP-1502', `--tier must be one of ${tiers.join(', ')}.`);
  const [ballotSeconds, phaseSeconds] = [Number(flags.ballotSeconds), Number(flags.phaseSeconds)];
  if (!(ballotSeconds > 0 && phaseSeconds > 0))
    throw new AmpError('AMP-1502', '--ballot-seconds and --phase-seconds must be above zero.');
  const say = (line: string): void => void (flags.json === true || process.stderr.write(`${line}\n`));
  // Hosted: an asker that does not vote itself signs through its node.
  const agent = await connectAgent({
    nodes: findNodes(flags).map((node) => ({ url: node.agentUrl, token: node.token })),
    ...{ name: `decider-${process.pid}-${Date.now().toString(36)}`, reconnectMs: 15_000 },
  });
  try {
    const voters = await findVoters(agent, flags.who, Number(flags.count));
    const { space, accepted } = await connectSpace(agent, voters, { goal: question });
    if (accepted.length === 0)
      throw new AmpError('AMP-1857', 'Nobody who was found joined.', { asked: voters.length });
    say(`${accepted.length} of ${voters.length} joined.`);
    const result = await decideTier(agent, space.id, {
      ...{ tier, question, options: flags.option, voters: accepted },
      ...{ ballotMs: ballotSeconds * 1_000, phaseMs: phaseSeconds * 1_000 },
      onStep: (step) => say(describeStep(step)),
    });
    await space.dissolve(result.outcome);
    if (flags.certificate !== undefined) keepCertificate(result.steps, flags.certificate);
    const { outcome, by, reason } = result;
    const shown = {
      outcome,
      by,
      reason,
      tier,
      voters: accepted.length,
      steps: result.steps.map((one) => one.kind),
    };
    process.stdout.write(flags.json === true ? `${JSON.stringify(shown)}\n` : `${outcome} (by ${by})\n`);
    if (outcome === 'undecided') process.exitCode = exitCodes.failure;
  } finally {
    agent.close();
  }
}

async function findVoters(agent: Agent, text: string, limit: number): Promise<readonly Did[]> {
  const { items } = await agent.query('discover', text, { limit });
  const hits = (items as readonly { readonly hits: readonly { readonly agent: Did }[] }[]).flatMap(
    (one) => one.hits,
  );
  const found = [...new Set(hits.map((hit) => hit.agent))].slice(0, limit);
  if (found.length === 0) throw new AmpError('AMP-1502', `Nobody was found for "${text}".`, { text });
  return found;
}

function describeStep(step: TierReport): string {
  switch (step.kind) {
    case 'ballot':
      return `ballot: ${step.outcome.outcome}`;
    case 'debate':
      return `debate: ${step.end.converged ?? `no agreement among ${step.end.supported.join(', ')}`}`;
    case 'person-asked':
      return `a person is asked (${step.why}): ampmesh approvals`;
    case 'person-answered':
      return `a person answered: ${step.answer.verdict} ${step.answer.option ?? ''}`.trim();
  }
}

function keepCertificate(steps: readonly TierReport[], file: string): void {
  const ballot = steps.findLast((step) => step.kind === 'ballot');
  if (ballot?.kind !== 'ballot')
    throw new AmpError('AMP-1502', 'There was no ballot, so there is no certificate.');
  writeFileSync(file, `${JSON.stringify(ballot.outcome.certificate, null, 2)}\n`);
}
