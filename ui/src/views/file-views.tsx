/** Everything that shows files in the log, loaded together. */
export { PendingFiles } from './pending-files'
export { StoredFiles } from './stored-files'
