// A role as a process that is killed at one point of its journal.
import "./chaosJournal.ts";
import "./roleMain.ts";
