/** The other side of a child pool: what a child process does (child-pool.ts). */

/** Answers each task that the server sends, one at a time, until the server is gone. */
export function serveTasks<Task, Result>(work: (task: Task) => Promise<Result>): void {
  process.on('message', (task: Task) => {
    void work(task).then(
      (result) => process.send?.({ result }),
      (error: unknown) => process.send?.({ error: String(error) }),
    )
  })
  process.on('disconnect', () => process.exit())
}
