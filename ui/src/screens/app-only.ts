/** What only the app shows, and browsers never load. */
export { OpenedDialog } from '../views/opened'
export { TrayIcon } from '../views/tray-icon'
export { StartScreen } from './start'
