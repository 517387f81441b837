export { dropBackfill, type ListedBackfill, listBackfills, type ShownBackfill, showBackfill } from "./backfill/list-backfills.ts";
export { type BackfillPlan, type BackfillRequest, type LeftOut, planBackfill } from "./backfill/plan-backfill.ts";
export { type BackfillEvent, runBackfill } from "./backfill/run-backfill.ts";
export { discover } from "./catalog/discover.ts";
export { type CatalogListing, listCatalog } from "./catalog/listing.ts";
export { type TapCatalog, tapCatalog } from "./catalog/tap-catalog.ts";
export { type CiOptions, runCi } from "./ci/run-ci.ts";
export { runsAtWork } from "./cutover/at-work.ts";
export { type CutoverFact, type CutoverNote, cutoverKey, refuseAfterCutover } from "./cutover/cutover-fact.ts";
export type { FileEdit, Mention } from "./cutover/edits.ts";
export { applyCutover, type CutoverEnd, type CutoverOptions, type CutoverPlan, planCutover } from "./cutover/run-cutover.ts";
export { findProblems } from "./doctor/doctor.ts";
export { attempt, type Finding } from "./doctor/finding.ts";
export { testPlugin } from "./doctor/test-plugin.ts";
export { runnerErrorCatalogue } from "./errors.ts";
export type { PutAway } from "./files/file-facts.ts";
export { forgetFiles } from "./files/forget-files.ts";
export {
  type FileStatus,
  type FilesRequest,
  filesOfJob,
  type ListedFile,
  listFiles,
  tapsWithFiles,
} from "./files/list-files.ts";
export { type Choice as FileChoice, putAwayFiles, restoreFiles } from "./files/restore-files.ts";
export { whyGrowing } from "./files/settled.ts";
export { retryOf, runLike } from "./history/find-run.ts";
export type { History, RunEnd, RunFilter, RunRecord, StepRecord, StreamRecord, StreamRun } from "./history/history.ts";
export { openHistory } from "./history/sqlite-history.ts";
export { type AddOptions, addPlugin } from "./install/add.ts";
export type { FoundPlugin, PluginSearch } from "./install/found-plugin.ts";
export { installPlugins } from "./install/install.ts";
export type { How, Installed } from "./install/installed.ts";
export { type ListedPlugin, listPlugins } from "./install/list.ts";
export { removePlugin } from "./install/remove.ts";
export { hubAddress } from "./install/search-hub.ts";
export { type SearchOptions, searchPlugins } from "./install/search-plugins.ts";
export { type Upgraded, type UpgradeOptions, upgradePlugin } from "./install/upgrade.ts";
export { type CheckJobOptions, checkJob } from "./jobs/check-job.ts";
export { checkDate, checkRequest } from "./jobs/check-request.ts";
export { describePlan } from "./jobs/describe-plan.ts";
export type { JobOptions } from "./jobs/job-options.ts";
export { jobOfRequest, type Plan, type PlanOptions, planJob } from "./jobs/plan.ts";
export { keepDaysOf } from "./jobs/retention.ts";
export { type JobResult, runJob } from "./jobs/run-job.ts";
export { inMeltanoForm } from "./meltano/export-states.ts";
export { type Imported, importMeltano } from "./meltano/import-meltano.ts";
export { meltanoSupport } from "./meltano/support.ts";
export { archiveTables, sumsName } from "./migrate/archive-tables.ts";
export { chooseMigration } from "./migrate/choose-migration.ts";
export { chooseSides, chooseSource, type Sides } from "./migrate/choose-sides.ts";
export { endMigration } from "./migrate/end-migration.ts";
export { levelDays } from "./migrate/level-days.ts";
export {
  type Compared,
  type ComparedStream,
  listMigrations,
  type Migration,
  migrationKey,
  type Phase as MigrationPhase,
  type Sync,
  syncsOf,
} from "./migrate/migration.ts";
export { type MigrationPlan, type PlannedTable, planMigration, planTables, type TablesPlan } from "./migrate/plan-migration.ts";
export { readersOf, repoint } from "./migrate/repoint.ts";
export { type MigrationEnd, type MigrationEvent, runMigration } from "./migrate/run-migration.ts";
export { syncMigration } from "./migrate/sync-migration.ts";
export type { CiColumn, CiJob, CiReport, CiSide, CiStep, CiTable } from "./model/ci-report.ts";
export { parseDuration } from "./model/duration.ts";
export { exitCodeOfError, exitCodes } from "./model/exit-codes.ts";
export { asFailure, type Failure } from "./model/failure.ts";
export { describeGuarantee, type Guarantee, guaranteeOf } from "./model/guarantee.ts";
export { type JobRequest, jobRequestSchema } from "./model/job-request.ts";
export type { MeltanoGap } from "./model/meltano.ts";
export { type CheckResult, isFault } from "./model/planned-check.ts";
export type { Project } from "./model/project.ts";
export { type ProjectFile, projectSchema } from "./model/project-schema.ts";
export { quoteWord } from "./model/run-command.ts";
export type { JobFinished, JobStarted, JobStatus, RunEvent, RunResult, StepResult, UtilityResult } from "./model/run-event.ts";
export { makeRunId, runOfTry } from "./model/run-id.ts";
export type { ProcessIdentity, Runner } from "./model/runner.ts";
export type { MissedPolicy, ScheduleEntry, SensorEntry } from "./model/schedule-schema.ts";
export { type Role, roles, type ServerSettings } from "./model/server-schema.ts";
export { withoutLane } from "./model/state-id.ts";
export type { Grace, StopSource } from "./model/stop.ts";
export type { StreamResult } from "./model/stream-result.ts";
export { describeTrigger, type Trigger, type TriggerKind, triggerKinds } from "./model/trigger.ts";
export {
  type ColumnReport,
  type Example,
  type MetricReport,
  type TableReport,
  type VerifyFinding,
  type VerifyReport,
  verifyReportSchema,
} from "./model/verify-report.ts";
export type { Comparison, VerifyEntry } from "./model/verify-schema.ts";
export { checkNotices } from "./notify/check.ts";
export type { Delivery, NoticeRecord } from "./notify/deliver.ts";
export { latenessOf } from "./notify/job-watch.ts";
export { listNotices, type NoticePage, testChannels } from "./notify/list.ts";
export { describeDelivery } from "./notify/send-planned.ts";
export {
  type Address,
  filesOf,
  hasPlainPassword,
  readAddress,
  shownAddress,
  splitPassword,
  writtenPath,
  writtenSetting,
} from "./openings/address.ts";
export { type BriefProject, makeBriefProject } from "./openings/brief-project.ts";
export { describeColumns, projectText } from "./openings/project-text.ts";
export { type ProposedLoad, proposeLoad } from "./openings/propose-load.ts";
export { proposeSource, proposeTarget, type SourceProposal } from "./openings/propose-source.ts";
export { checkKeys, configOf, isKeyName, type ProposedStream, pathsOf, streamsOfFiles } from "./openings/propose-streams.ts";
export { isTargetAddress, projectOfTarget } from "./openings/target-of-address.ts";
export { type DayFact, daysOf, keepReport, signOff, signOffsOf } from "./parallel/facts.ts";
export type { DayReport, EarlierReport, SignOff } from "./parallel/report.ts";
export { runDay } from "./parallel/run-day.ts";
export { dayOf, type ParallelRun, parallelRunOf } from "./parallel/settings.ts";
export { readStanding, type Standing, type StandingDay, stateText } from "./parallel/standing.ts";
export type { Part as BackfillPart } from "./partitions/backfill.ts";
export { runStep } from "./pipe-run/run.ts";
export type { RunOptions } from "./pipe-run/run-options.ts";
export { binFoldersAbove } from "./plugins/executable.ts";
export { checkInstalledName } from "./plugins/npm-plugins.ts";
export { preparePlugin, prepareStep, reportedAbout } from "./plugins/prepare.ts";
export { type SettingChange, setSetting } from "./plugins/set-setting.ts";
export { type ProcessEnd, runStarter, type StartedRun, type StartRun } from "./process/start-run.ts";
export { createStopSwitch, type StopSwitch } from "./process/stop-switch.ts";
export { checkForm, type Form } from "./project/check-form.ts";
export { changeEntry, unsetSetting } from "./project/edit-project.ts";
export { type Job, type JobStep, jobNames, jobOf, jobOfWords } from "./project/job.ts";
export { type ListedJob, type ListedSchedule, listJobs, listSchedules } from "./project/list-jobs.ts";
export { entryOf, kindOf as pluginKind } from "./project/plugin-entry.ts";
export { checkPluginName, environmentOf, environmentsOf, openProject, openProjectOrEmpty, pluginNames } from "./project/project.ts";
export { findProjectFolder } from "./project/project-folder.ts";
export { readFlow } from "./project/read-flow.ts";
export { resolveSection } from "./project/resolve-section.ts";
export { listSettings, type SettingRow } from "./project/settings.ts";
export { checkTimeZone } from "./project/time-zone.ts";
export { askQuery, type QueryEnd, type QueryRequest } from "./query/ask-query.ts";
export { targetsOf } from "./query/choose-target.ts";
export { askRejects, pluginsWithRejects, type RejectsRequest } from "./rejects/ask-rejects.ts";
export { describeChanges } from "./report/describe-changes.ts";
export { describeBookmark, describeState } from "./report/describe-state.ts";
export { describeBytes, describeCount, describeSeconds, layOutNumbers } from "./report/format.ts";
export { describeFailure, describeRun, describeStatus, type NextCommands } from "./report/summary.ts";
export { cancelRun, type RunningRun } from "./runs/cancel-run.ts";
export { eventPaths } from "./runs/event-file.ts";
export { eventLine, snakeKeys, type TimedEvent } from "./runs/event-line.ts";
export { type FollowOptions, followRun, followToEnd, readEvents } from "./runs/follow-run.ts";
export { readLogLines } from "./runs/log-lines.ts";
export { mergeStates, normalizeState, stateBefore, withoutStreams } from "./state/change-state.ts";
export { changeState, environmentOfState, parseStateText, rollBackState } from "./state/edit-state.ts";
export type { Fact, FactKind, Facts } from "./state/facts.ts";
export { describeHeldSlots, slotsIn } from "./state/held-slots.ts";
export { lifeOf, thisRunner } from "./state/host.ts";
export { openStore, openStoreIfThere } from "./state/open-store.ts";
export { type Change, type ChangeKind, isRunKind, type PastRun, type Store, type StoredState } from "./state/store.ts";
export {
  type ActiveTick,
  activeKey,
  type Block,
  blockOf,
  decideTick,
  isFinal,
  type Limits,
  type Missed,
  stillActive,
  type Tick,
  tickKey,
} from "./ticks/tick.ts";
export { type ClaimAnswer, type ClaimRequest, claimTick, endTick, missTick } from "./ticks/tick-rules.ts";
export { type InvokeOptions, invokePlugin } from "./utility/invoke.ts";
export { SideFailed, type VerifySide } from "./verify/ask-digest.ts";
export { commonKind } from "./verify/pair-columns.ts";
export { isPlace, type Place, pairsOf, readPlace, type VerifyPair } from "./verify/places.ts";
export { isSame } from "./verify/same-value.ts";
export { shownValue } from "./verify/shown-value.ts";
export { type VerifyEvent, type VerifyRequest, verify } from "./verify/verify.ts";
export type { VerifyOptions } from "./verify/verify-options.ts";
export { verifyTable } from "./verify/verify-table.ts";
