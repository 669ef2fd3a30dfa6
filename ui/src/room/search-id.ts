/** How the ids of searches begin, which tells them from messages'. */
export const SEARCH = 'search-'
