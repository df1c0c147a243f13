/** A seventh specialist, unknown to the others: describes the API as OpenAPI 3.1, from the plan alone. */
import { textFile } from '../work/work.ts';
import { createExpert, findPlan, withoutPlan } from './expert.ts';
import type { AppPlan, Entity, Field } from './plan.ts';

export const apiDescription = createExpert({
  name: 'api-description',
  kind: 'api-description',
  capability: 'Document the REST API of a software application, SaaS or web tool, as OpenAPI.',
  tags: ['openapi', 'documentation', 'api'],
  phrases: ['document the REST API of an application'],
  workMs: 1000,
  provides: 'a description of the API as OpenAPI',
  offer: 'I describe the API as an OpenAPI document',
  needs: ['architecture'],
  work: (input) => {
    const plan = findPlan(input);
    if (plan === null) return withoutPlan('the API description');
    return {
      title: 'The API as OpenAPI',
      markdown: `\`openapi.json\`: ${plan.entities.length * 2 + 3} addresses.\n`,
      data: { addresses: plan.entities.map((entity) => `/api/${entity.plural}`) },
      files: [textFile('openapi.json', 'application/json', `${JSON.stringify(describe(plan), null, 2)}\n`)],
    };
  },
});

function describe(plan: AppPlan): object {
  const body = (name: string): object => ({
    required: true,
    content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } },
  });
  const answer = (description: string): object => ({ description });
  const paths: Record<string, object> = {
    '/api/auth/sign-up': {
      post: {
        security: [],
        requestBody: body('Credentials'),
        responses: { 201: answer('A session token'), 409: answer('Address taken') },
      },
    },
    '/api/auth/login': {
      post: {
        security: [],
        requestBody: body('Credentials'),
        responses: { 200: answer('A session token'), 401: answer('Wrong address or password') },
      },
    },
    '/api/auth/logout': { post: { responses: { 200: answer('Logged out') } } },
  };
  for (const entity of plan.entities) {
    const one = { name: 'id', in: 'path', required: true, schema: { type: 'integer' } };
    paths[`/api/${entity.plural}`] = {
      get: { responses: { 200: answer('A page of entries') } },
      post: {
        requestBody: body(entity.name),
        responses: { 201: answer('The new entry'), 400: answer('Which field is wrong') },
      },
    };
    paths[`/api/${entity.plural}/{id}`] = {
      parameters: [one],
      get: { responses: { 200: answer('The entry') } },
      patch: { requestBody: body(entity.name), responses: { 200: answer('The changed entry') } },
      delete: { responses: { 204: answer('Deleted') } },
    };
  }
  const credentials = {
    type: 'object',
    required: ['email', 'password'],
    properties: { email: { type: 'string', format: 'email' }, password: { type: 'string', minLength: 10 } },
  };
  return {
    openapi: '3.1.0',
    info: { title: plan.name, version: '0.1.0' },
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
      schemas: {
        Credentials: credentials,
        ...Object.fromEntries(plan.entities.map((entity) => [entity.name, schemaOf(entity)])),
      },
    },
  };
}

function schemaOf(entity: Entity): object {
  return {
    type: 'object',
    additionalProperties: false,
    required: entity.fields.filter((field) => field.required).map((field) => field.name),
    properties: Object.fromEntries(entity.fields.map((field) => [field.name, typeOf(field)])),
  };
}

function typeOf(field: Field): object {
  if (field.type === 'choice') return { enum: field.options };
  if (field.type === 'integer' || field.type === 'reference') return { type: 'integer' };
  if (field.type === 'number' || field.type === 'money') return { type: 'number' };
  if (field.type === 'yes-no') return { type: 'boolean' };
  return field.type === 'date' ? { type: 'string', format: 'date' } : { type: 'string' };
}
