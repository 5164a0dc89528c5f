import { buildSchema, execute, GraphQLError, parse, validate } from 'graphql';
import * as z from 'zod/mini';
import { type Incoming, json, type Outgoing } from './http.ts';
import type { Pods } from './pods.ts';
import { callerOf, gateway } from './rest.ts';
import { WAITS, type World } from './world.ts';

/** The part of RunPod's schema that Tabpod and its pods use; the names are checked against the whole in the tests. */
const schema = buildSchema(`
  type Query {
    myself: User
    pod(input: PodFilter): Pod
    dataCenters: [DataCenter]
  }
  type Mutation {
    podTerminate(input: PodTerminateInput!): Void
  }
  scalar Void
  input PodFilter { podId: String! }
  input PodTerminateInput { podId: String! }
  type User { id: String clientBalance: Float currentSpendPerHr: Float }
  type Pod { id: String! name: String! }
  type DataCenter { id: String s3apiEnabled: Boolean }
`);

const requestSchema = z.looseObject({
  query: z.string(),
  variables: z.optional(z.nullable(z.record(z.string(), z.unknown()))),
});

function failure(message: string, code: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}

/** The GraphQL endpoint. *reported*: errors come with 200, a key that never was with 401. */
export async function graphql(world: World, pods: Pods, request: Incoming): Promise<Outgoing> {
  const stopped = gateway(request, world);
  if (stopped) return stopped;
  if (world.faults.graphqlGone) return { status: 410, headers: { 'Content-Type': 'text/plain' }, body: 'Gone' };
  const caller = callerOf(request, world, pods);
  // *reported*: without any identity public queries work and `myself` is null.
  if (!caller && request.headers.authorization !== undefined)
    return json(401, { errors: [{ message: 'Unauthorized' }] });
  const body = requestSchema.parse(JSON.parse(request.body.toString('utf8')));
  try {
    const document = parse(body.query);
    const errors = validate(schema, document);
    if (errors.length > 0) return json(400, { errors: errors.map(({ message }) => invalid(message)) });
    const rootValue = resolvers(world, pods, caller);
    return json(200, await execute({ schema, document, rootValue, variableValues: body.variables ?? {} }));
  } catch (error) {
    return json(400, { errors: [invalid(error instanceof Error ? error.message : String(error))] });
  }
}

/** *assumed*: the code in the style of Apollo. */
function invalid(message: string) {
  return { message, extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } };
}

function resolvers(world: World, pods: Pods, caller: ReturnType<typeof callerOf>) {
  const may = (id: string) => caller === 'account' || caller?.id === id;
  return {
    myself: () => {
      if (!caller) return null;
      // *reported*, live: a pod-scoped key may not ask for the account.
      if (caller !== 'account') throw failure('Unauthorized', 'RUNPOD');
      return {
        id: 'user_emulated',
        clientBalance: world.billing.balance(),
        currentSpendPerHr: world.billing.rate(),
      };
    },
    // *documented*: null for an unknown or foreign pod.
    pod: ({ input }: { input?: { podId: string } }) => {
      const pod = input && may(input.podId) ? pods.get(input.podId) : undefined;
      return pod ? { id: pod.id, name: pod.request.name } : null;
    },
    dataCenters: () => [
      { id: world.dataCenter, s3apiEnabled: true },
      { id: 'US-KS-2', s3apiEnabled: true },
      { id: 'EUR-IS-2', s3apiEnabled: false },
    ],
    podTerminate: ({ input }: { input: { podId: string } }) => {
      // *reported*: the sentence and the code.
      if (!may(input.podId) || !pods.get(input.podId)) throw failure('pod not found to terminate', 'POD_NOT_FOUND');
      world.later(WAITS.terminate, () => pods.terminate(input.podId));
      return null;
    },
  };
}
