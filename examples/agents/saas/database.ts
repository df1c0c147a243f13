/** Storage: one SQLite file, one table per entity, every row owned by an account. */
import { requirementIds } from './architecture.ts';
import { createExpert, findPlan, script, withoutPlan } from './expert.ts';
import { storeJs } from './templates/store.ts';

export const database = createExpert({
  name: 'database',
  kind: 'database',
  capability: 'Databases and storage: SQL schema, queries, durability and indexes for an application.',
  tags: ['database', 'sql', 'sqlite', 'storage'],
  phrases: ['design a database schema and write the storage layer'],
  workMs: 8000,
  provides: 'storage that survives a restart',
  offer: 'I write the storage: schema, queries, durability',
  needs: ['architecture'],
  work: (input) => {
    const plan = findPlan(input);
    if (plan === null) return withoutPlan('storage');
    const references = plan.entities.flatMap((entity) =>
      entity.fields
        .filter((field) => field.to !== undefined)
        .map((field) => `${entity.name}.${field.name} → ${field.to}`),
    );
    return {
      title: 'Storage on SQLite',
      markdown: `\`store.js\`: ${plan.entities.length} tables (${plan.entities.map((entity) => `\`data_${entity.name}\``).join(', ')}), accounts and sessions.\n\nWAL with full sync, foreign keys on${references.length === 0 ? '' : ` (${references.join(', ')})`}, every query filtered by owner.\n`,
      data: {
        meets: requirementIds(plan, 'database'),
        tables: plan.entities.map((entity) => `data_${entity.name}`),
      },
      files: [script('store.js', storeJs)],
    };
  },
});
