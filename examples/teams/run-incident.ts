/** The monitoring agent's side: notice, ask all, team up with those who see something, agree, have it repaired, dissolve. */
import { readFileSync } from 'node:fs';
import {
  type Agent,
  callForProposals,
  connectSpace,
  type DecideOutcome,
  decide,
  onBallot,
  type Space,
} from '../../client/index.ts';
import type { Did } from '../../protocol/brand.ts';
import {
  causes,
  diagnose,
  findJump,
  isRepaired,
  type Role,
  readIncident,
  type ServiceConfig,
} from './incident.ts';

export interface IncidentInit {
  readonly files: { readonly metrics: string; readonly log: string; readonly config: string };
  /** Time for the decision, ms. */
  readonly deadlineMs: number;
  readonly print: (fact: Readonly<Record<string, unknown>>) => void;
}

interface Helper {
  readonly did: Did;
  readonly role: Role;
  readonly confidence: number;
}

/** From here on an agent is sure enough to be in the team. Judgement. */
const teamConfidence = 0.5;
const helperCount = 4;
const answersMs = 15_000;
/** A worker silent for longer is taken to be dead, ms. Judgement: its heartbeats come three times as often. */
const leaseMs = 1_500;
/** How long a person may take, ms. */
const personMs = 60_000;

export async function runIncident(agent: Agent, { files, deadlineMs, print }: IncidentInit): Promise<void> {
  const [metrics, log, configText] = [files.metrics, files.log, files.config].map((file) =>
    readFileSync(file, 'utf8'),
  ) as [string, string, string];
  const incident = readIncident(metrics, log);
  const jump = findJump(incident, 'api_p99_ms');
  if (jump === undefined) return print({ stage: 'quiet' });
  const goal = `API latency increased ${Math.round(jump.ratio)}x at ${incident.minutes[jump.at]}`;
  print({ stage: 'noticed', goal });

  const helpers = await askForHelp(agent, goal, { metrics, log });
  print({ stage: 'answered', helpers: helpers.map(({ role, confidence }) => ({ role, confidence })) });
  const room = await connectSpace(
    agent,
    helpers.map((one) => one.did),
    { goal, acceptMs: answersMs },
  );
  const team = helpers.filter((one) => one.confidence >= teamConfidence);
  const found = await findCause(agent, goal, team);
  print({ stage: 'teamed', team: ['monitoring', ...team.map((one) => one.role)].sort(), found: found.cause });

  onBallot(agent, () => {
    print({ stage: 'asked' });
    const own = diagnose(incident);
    return own === undefined ? undefined : { choice: own.cause, opinion: own.why };
  });
  const outcome = await decide(agent, room.space.id, {
    question: `What is the cause? ${goal}`,
    options: causes,
    rule: 'byzantine',
    deadlineMs,
    escalate: true,
  });
  print({
    stage: 'decided',
    outcome: outcome.outcome,
    level: outcome.level,
    decision: outcome.decision,
    certificate: outcome.certificate,
  });
  const cause = outcome.outcome === 'undecided' ? await hearPerson(agent, outcome, print) : outcome.outcome;

  const config = JSON.parse(configText) as ServiceConfig;
  const nameOf = (did: string) => helpers.find((one) => one.did === did)?.role;
  const contract = await callForProposals(agent, {
    to: team.map((one) => one.did),
    content: { task: `Repair: ${cause}`, decision: outcome.decision, config },
    skills: team.map((one) => one.role),
    criteria: { rule: 'quality' },
    bidMs: 2_500,
    leaseMs,
    endMs: 40_000,
    onEvent(event) {
      if (event.kind === 'awarded') print({ stage: 'awarded', to: nameOf(event.to), fencing: event.fencing });
      if (event.kind === 'fault') print({ stage: 'fault', about: nameOf(event.about), fault: event.fault });
    },
  });
  if (contract.kind === 'result') {
    const { config: repaired } = contract.result.content as { config: ServiceConfig };
    const facts = {
      by: nameOf(contract.winner),
      fencing: contract.fencing,
      isRepaired: isRepaired(repaired, incident),
    };
    print({ stage: 'repaired', ...facts, config: repaired });
  } else print({ stage: 'not-repaired', ...contract });
  await found.space.dissolve('repaired');
  await room.space.dissolve('over');
  await untilClosed([found.space, room.space]);
  print({ stage: 'dissolved' });
}

/** Everybody hears it, with the files; everybody answers with how much it concerns them. */
async function askForHelp(
  agent: Agent,
  goal: string,
  texts: { readonly metrics: string; readonly log: string },
): Promise<readonly Helper[]> {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const attachments = [
    await agent.blobs.put('metrics.csv', 'text/csv', bytes(texts.metrics)),
    await agent.blobs.put('incident.log', 'text/plain', bytes(texts.log)),
  ];
  const helpers: Helper[] = [];
  const enough = Promise.withResolvers<void>();
  const ending = agent.on('message', (message) => {
    if (message.type !== 'capability_match' || typeof message.offer !== 'object') return;
    const { role } = message.offer as { readonly role: Role };
    helpers.push({ did: message.from as Did, role, confidence: message.confidence });
    if (helpers.length === helperCount) enough.resolve();
  });
  const timer = setTimeout(enough.resolve, answersMs);
  await agent.broadcast(goal, { attachments });
  await enough.promise;
  clearTimeout(timer);
  ending();
  return helpers.sort((a, b) => b.confidence - a.confidence);
}

/** The team works in a space of its own: each says what it sees, and the account that most share is the finding. */
async function findCause(
  agent: Agent,
  goal: string,
  team: readonly Helper[],
): Promise<{ readonly space: Space; readonly cause: string | undefined }> {
  const { space } = await connectSpace(
    agent,
    team.map((one) => one.did),
    { goal: `Find the cause: ${goal}`, acceptMs: answersMs },
  );
  const said = (): readonly string[] =>
    space
      .entries()
      .flatMap((entry) =>
        entry.type === 'proposal' && typeof entry.content === 'object' ? [String(entry.content.cause)] : [],
      );
  await new Promise<void>((resolve) => {
    const check = (): void => {
      if (said().length >= team.length) resolve();
    };
    space.onChange(check);
    check();
  });
  const counts = new Map<string, number>();
  for (const cause of said()) counts.set(cause, (counts.get(cause) ?? 0) + 1);
  return { space, cause: [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] };
}

/** The agents did not decide: whoever runs the node does. */
function hearPerson(
  agent: Agent,
  { decision }: DecideOutcome,
  print: IncidentInit['print'],
): Promise<string> {
  print({ stage: 'escalated', decision });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('nobody answered')), personMs);
    agent.on('message', (message) => {
      if (message.type !== 'approve' || message.of !== decision) return;
      clearTimeout(timer);
      print({ stage: 'approved', verdict: message.verdict, option: message.option });
      if (message.verdict === 'approve' && message.option !== undefined) resolve(message.option);
      else reject(new Error('a person denied it'));
    });
  });
}

function untilClosed(spaces: readonly Space[]): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      if (spaces.every((space) => space.isClosed)) resolve();
    };
    for (const space of spaces) space.onChange(check);
    check();
  });
}
