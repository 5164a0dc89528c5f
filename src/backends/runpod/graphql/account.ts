import * as z from 'zod/mini';
import { messageOf } from '../../../base/error.ts';
import { type RunpodContext, userAgent } from '../context.ts';

const LIMIT_MS = 30_000;

export const BALANCE_QUERY = 'query Balance { myself { id clientBalance currentSpendPerHr } }';
export const DATA_CENTERS_QUERY = 'query DataCenters { dataCenters { id s3apiEnabled } }';

const balanceSchema = z.object({
  myself: z.object({ clientBalance: z.number(), currentSpendPerHr: z.number() }),
});
const dataCentersSchema = z.object({
  dataCenters: z.array(z.object({ id: z.string(), s3apiEnabled: z.nullable(z.boolean()) })),
});

/** What REST v2 lacks. RunPod retires this API in early 2027: whatever it fails with, the answer is `undefined`. */
export interface AccountQueries {
  balance(): Promise<{ usd: number; spendPerHour: number } | undefined>;
  /** Ids of the data centres that have the S3 endpoint. */
  s3DataCenters(): Promise<ReadonlySet<string> | undefined>;
}

export function createAccountQueries(context: RunpodContext): AccountQueries {
  return {
    async balance() {
      const reply = await ask(context, BALANCE_QUERY, balanceSchema);
      return reply && { usd: reply.myself.clientBalance, spendPerHour: reply.myself.currentSpendPerHr };
    },
    async s3DataCenters() {
      const reply = await ask(context, DATA_CENTERS_QUERY, dataCentersSchema);
      return reply && new Set(reply.dataCenters.filter(({ s3apiEnabled }) => s3apiEnabled).map(({ id }) => id));
    },
  };
}

async function ask<T extends z.ZodMiniType>(
  context: RunpodContext,
  document: string,
  schema: T,
): Promise<z.output<T> | undefined> {
  try {
    const { GraphQLClient } = await import('graphql-request');
    const client = new GraphQLClient(context.settings.graphqlUrl, {
      fetch: context.fetch,
      headers: { Authorization: `Bearer ${context.settings.apiKey}`, 'User-Agent': userAgent(context.version) },
    });
    return schema.parse(await client.request<unknown>({ document, signal: AbortSignal.timeout(LIMIT_MS) }));
  } catch (error) {
    context.log.debug(`RunPod: GraphQL did not answer: ${messageOf(error).slice(0, 300)}`);
    return undefined;
  }
}
