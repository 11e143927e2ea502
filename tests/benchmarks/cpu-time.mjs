import { readdirSync, readFileSync } from 'node:fs';

/** The kernel counts CPU time in ticks of this many µs (USER_HZ is 100 on every Linux that Node.js runs on). */
const TICK_US = 10_000;

/** Ways to read the CPU time of a process, the exact ones first; which files there are depends on the kernel. */
const WAYS = [
  (pid) => sumOfThreads(pid, 'schedstat', (text) => Number(text.split(' ')[0]) / 1e3),
  (pid) => sumOfThreads(pid, 'sched', (text) => Number(/sum_exec_runtime\s*:\s*([\d.]+)/.exec(text)?.[1]) * 1e3),
  (pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_US;
  },
];

/** CPU time that a process used so far, user and system, all threads, µs. */
export function cpuMicroseconds(pid) {
  return wayThatWorks()(pid);
}

let known;
function wayThatWorks() {
  known ??= WAYS.find((way) => {
    try {
      return way(process.pid) > 0;
    } catch {
      return false;
    }
  });
  if (known === undefined) throw new Error('There is no /proc here that tells the CPU time of a process: use Linux');
  return known;
}

function sumOfThreads(pid, file, microseconds) {
  const threads = readdirSync(`/proc/${pid}/task`);
  return threads.reduce(
    (sum, thread) => sum + microseconds(readFileSync(`/proc/${pid}/task/${thread}/${file}`, 'utf8')),
    0,
  );
}

/** CPU time that all processes of the machine used so far, µs. */
export function machineCpuMicroseconds() {
  const [user, nice, system, , , irq, softirq] = readFileSync('/proc/stat', 'utf8')
    .split('\n')[0]
    .trim()
    .split(/\s+/)
    .slice(1);
  return [user, nice, system, irq, softirq].reduce((sum, ticks) => sum + Number(ticks), 0) * TICK_US;
}
