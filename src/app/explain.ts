/** For hosts, which do not reach past the app. */
export { explainAny } from '../backends/explain.ts';
