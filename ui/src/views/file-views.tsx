/** Everything that shows and takes files in the room, loaded together. */
import './more-icons'

export { Dropping } from './dropping'
export { PendingFiles } from './pending-files'
export { QuotedFile } from './quoted-file'
export { StoredFiles } from './stored-files'
