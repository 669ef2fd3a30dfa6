/** Everything that shows files in the log, loaded together. */
import './more-icons'

export { PendingFiles } from './pending-files'
export { StoredFiles } from './stored-files'
