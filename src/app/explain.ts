/** For hosts, which do not reach past the app. */
export { codeOf, explainAny } from '../backends/explain.ts';
