/** The beginning of a day so many days on. By the calendar: some days have 23 hours, or 25. */
export const addDays = (day: Date, days: number) =>
  new Date(day.getFullYear(), day.getMonth(), day.getDate() + days)

/** The same day so many months on, or the last one where that month is shorter. */
export function addMonths(day: Date, months: number): Date {
  const last = new Date(day.getFullYear(), day.getMonth() + months + 1, 0)
  return new Date(last.getFullYear(), last.getMonth(), Math.min(day.getDate(), last.getDate()))
}

/** The weeks that a day's month lies in, each of seven days, beginning with that day of the week (0 is Sunday). */
export function weeksOf(day: Date, start: number): Date[][] {
  const first = new Date(day.getFullYear(), day.getMonth(), 1)
  const last = new Date(day.getFullYear(), day.getMonth() + 1, 0)
  const weeks: Date[][] = []
  for (let at = addDays(first, -((first.getDay() - start + 7) % 7)); at <= last; at = addDays(at, 7)) {
    weeks.push(Array.from({ length: 7 }, (_, index) => addDays(at, index)))
  }
  return weeks
}

interface WithWeek extends Intl.Locale {
  getWeekInfo?: () => { firstDay: number }
  weekInfo?: { firstDay: number }
}

/** With which day a week begins where one is; Sunday where the browser doesn't know. */
export function firstWeekday(locale: string): number {
  const known: WithWeek = new Intl.Locale(locale)
  return ((known.getWeekInfo?.() ?? known.weekInfo)?.firstDay ?? 0) % 7
}
