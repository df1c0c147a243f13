/** Reads the intent and lays down what the app keeps, what it must do, and how its parts meet. */
import { plain, tableOf } from '../work/markdown.ts';
import { textFile } from '../work/work.ts';
import { derivePlan } from './derive-plan.ts';
import { createExpert, script } from './expert.ts';
import { type AppPlan, contracts, type Field } from './plan.ts';

export const architecture = createExpert({
  name: 'architect',
  kind: 'architecture',
  capability:
    'Software architecture: derive the data model, the requirements and the interfaces of an application from a sentence.',
  tags: ['architecture', 'software', 'design', 'saas'],
  phrases: ['design the architecture and data model of an application'],
  workMs: 500,
  provides: 'a plan of what the app keeps and how its parts meet',
  wants: ['database', 'backend', 'frontend', 'security', 'deployment'],
  offer: 'I derive the data model, the requirements and the interfaces',
  needs: [],
  work: (input) => {
    const plan = derivePlan(input.intent);
    return {
      title: `Plan of “${plan.name}”`,
      markdown: describePlan(plan),
      data: { plan, meets: requirementIds(plan, 'architecture') },
      files: [
        script('model.js', modelJs(plan)),
        textFile('ARCHITECTURE.md', 'text/markdown', `# ${plain(plan.name)}\n\n${describePlan(plan)}`),
      ],
    };
  },
});

/** Ids of the requirements that a kind of contribution meets. */
export function requirementIds(plan: AppPlan, kind: string): string[] {
  return plan.requirements
    .filter((requirement) => requirement.kind === kind)
    .map((requirement) => requirement.id);
}

function modelJs(plan: AppPlan): string {
  return `// What the app keeps. Every other file is written against this one.\nexport const appName = ${JSON.stringify(plan.name)};\n\nexport const entities = ${JSON.stringify(plan.entities, null, 2)};\n`;
}

function describePlan(plan: AppPlan): string {
  const tables = plan.entities.map(
    (entity) =>
      `### ${plain(entity.label)} (\`/api/${entity.plural}\`)\n\n${tableOf(
        ['field', 'kind', 'required'],
        entity.fields.map((field) => [`\`${field.name}\``, kindOf(field), field.required ? 'yes' : '']),
      )}`,
  );
  return [
    `For: ${plain(plan.intent, 300)}`,
    '## What it keeps',
    ...tables,
    '## What it must do',
    plan.requirements
      .map((requirement) => `- ${requirement.id} (${requirement.kind}): ${plain(requirement.text, 300)}`)
      .join('\n'),
    '## How its parts meet',
    contracts.map((contract) => `- ${contract}`).join('\n'),
    '',
  ].join('\n\n');
}

function kindOf(field: Field): string {
  if (field.type === 'choice') return `one of ${(field.options ?? []).join(', ')}`;
  return field.type === 'reference' ? `a ${field.to?.replaceAll('_', ' ')}` : field.type;
}
