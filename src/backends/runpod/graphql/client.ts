// Importing this module lazily, and not the package, keeps what is not used of it out of the bundle.
export { GraphQLClient } from 'graphql-request';
