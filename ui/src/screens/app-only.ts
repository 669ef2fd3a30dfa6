/** What only the app shows, and browsers never load. */
export { OpenedDialog } from '../views/opened'
export { StartScreen } from './start'
