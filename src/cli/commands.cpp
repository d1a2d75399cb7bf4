#include "cli/commands.hpp"

#include "cli/acquire_command.hpp"
#include "cli/break_command.hpp"
#include "cli/doctor_command.hpp"
#include "cli/list_command.hpp"
#include "cli/run_arguments.hpp"
#include "cli/show_command.hpp"
#include "cli/sign.hpp"

namespace dynamutex::cli {

const std::vector<Command>& all_commands() {
  static const std::vector<Command> commands = {
      {"init",
       "",
       "create the table, and turn on its TTL",
       {},
       "Creates the table with on-demand billing, waits until it can be used and lets DynamoDB's TTL\n"
       "delete what dead holders left behind. A table that is there already is checked and kept.\n"
       "\n"
       "  dynamutex --region eu-west-1 init\n"
       "  dynamutex --table deploy-locks --region local init\n",
       false,
       init_command},
      {"run", "NAME [flags] [--] COMMAND…", "run a command while holding a lock", run_options(),
       "Waits for the lock, runs the command, renews the lease while it runs, and releases the lock. If the\n"
       "lease is lost the command is ended, with TERM and then KILL, before anybody else can take the lock.\n"
       "TIME is a whole number with ms, s, m or h. The command finds DYNAMUTEX_LOCK and DYNAMUTEX_OWNER in its environment,\n"
       "and with --fence DYNAMUTEX_FENCING_TOKEN, which grows with every acquisition: let what it writes to refuse lower ones.\n"
       "\n"
       "  dynamutex run deploy -- ./deploy.sh production\n"
       "  dynamutex run nightly -n -- ./report            # skip it if another host is at it\n"
       "  dynamutex run import -w 10m --timeout 1h -- ./import\n"
       "  dynamutex run scheduler --forever -- ./scheduler\n"
       "\n"
       "With --forever a loss ends the command and not this program: it waits for the lock and runs the command again, and\n"
       "a service that cannot be reached ends nothing. It ends as the command does, or by a signal: that is a leader.\n"
       "\n"
       "Exit codes: the command's own; 128+N if signal N ended it or the wait; 64 usage; 69 service unreachable;\n"
       "75 busy (or -E); 76 lease lost while the command ran; 77 denied; 78 configuration; 124 --timeout reached;\n"
       "126 cannot execute; 127 not found.\n",
       true, run_command},
      {"acquire", "NAME --handle FILE [flags]", "take a lock in a script", acquire_options(),
       "Waits for the lock and keeps it: renew and release carry on with it, by the handle file that this leaves (mode 0600).\n"
       "The file must not hold a handle yet; give each run of a script its own, as mktemp does. Nothing renews the lease by\n"
       "itself: give it a --lease that lasts for the work, or renew it meanwhile. Prints nothing; with --fence the token, with\n"
       "--json the lease.\n"
       "\n"
       "  handle=$(mktemp)\n"
       "  dynamutex acquire deploy --lease 10m --handle $handle || exit\n"
       "  ./step-1 && dynamutex renew --handle $handle && ./step-2\n"
       "  dynamutex release --handle $handle\n"
       "\n"
       "Exit codes: 64 usage, or the file holds something else; 69 service unreachable; 75 busy (or -E); 77 denied; 78\n"
       "configuration, or the file cannot be written; 128+N if signal N ended the wait.\n",
       false, acquire_command},
      {"renew", "[NAME] --handle FILE", "extend an acquired lock to its full lease", renew_options(),
       "A handle from before a reboot, or from another host, cannot be renewed, only released. What a renewal that was killed\n"
       "in its middle did is found out by the next one. The table is the handle's; NAME only makes sure that it is the right\n"
       "handle.\n"
       "\n"
       "  dynamutex renew --handle $handle || exit\n"
       "\n"
       "Exit codes: 64 usage, or no handle; 69 service unreachable: try again while the lease lasts; 75 another process uses the\n"
       "handle; 76 the lease is lost: stop; 77 denied; 78 configuration.\n",
       false, renew_command},
      {"release", "[NAME] --handle FILE", "give an acquired lock back", release_options(),
       "Frees the lock if it is still ours, and removes the handle file. Success means that nobody else held it since it was\n"
       "acquired, even if the lease was over by then.\n"
       "\n"
       "  trap 'dynamutex release --handle $handle' EXIT\n"
       "\n"
       "Exit codes: 64 usage, or no handle; 69 service unreachable: the handle stays, for another try; 75 another process uses\n"
       "the handle; 76 the lease was lost before; 77 denied; 78 configuration.\n",
       false, release_command},
      {"show", "NAME", "show who holds a lock", show_options(),
       "Says free, held or expired, by whom and for how long. Exits 0 in each of these cases.\n"
       "\n"
       "  dynamutex show deploy\n"
       "  dynamutex show --watch deploy\n"
       "  dynamutex --json show deploy | jq -r .state\n",
       false, show_command},
      {"list", "", "list the locks of the table", list_options(),
       "One line a lock, sorted by name: held, expired (its holder is gone or late: the next one takes it) or released (kept\n"
       "for its fencing token). Reads the whole table, consistently. With --json an array of the objects of show; with --watch\n"
       "too, one such array a line. --watch draws on a terminal, and writes table after table elsewhere.\n"
       "\n"
       "  dynamutex list\n"
       "  dynamutex list --watch=5s\n"
       "  dynamutex --json list | jq -r '.[] | select(.state == \"held\") | .name'\n",
       false, list_command},
      {"break", "NAME [flags]", "take a lock from its holder by force", break_options(),
       "Shows the lock, asks, and releases it if its record is still the one that was shown. The holder learns of it at its\n"
       "next renewal, and may act until then. A lock that is free is left as it is.\n"
       "\n"
       "  dynamutex break deploy\n"
       "  dynamutex break deploy --yes\n"
       "\n"
       "Exit codes: 0 the lock is free; 75 it is still held: the answer was no, or it changed meanwhile; 64 there is no\n"
       "terminal to ask on, and no --yes.\n",
       false, break_command},
      {"prune",
       "",
       "remove the records of dead holders",
       {},
       "Removes each record that the servers' time proves to be expired, unless it changes meanwhile. Fenced ones are kept\n"
       "and marked released: their token must not be forgotten. Reads the whole table. Nobody has to do this: the next holder\n"
       "does it for its own lock, and DynamoDB's TTL for all, days later.\n"
       "\n"
       "  dynamutex prune\n"
       "  dynamutex --json prune     # {\"seen\":12,\"removed\":3,\"raced\":0,\"complete\":true}\n",
       false,
       prune_command},
      {"doctor", "[NAME]", "check everything that locks need", doctor_options(),
       "One line a check: ok, warning (locks work, something else suffers) or failure (run would fail), and the one thing to do.\n"
       "Looks at the credentials (never showing a secret), who they are, region, endpoint, round trip, clock, the table, its\n"
       "keys, TTL, billing and replicas, and each permission. Writes nothing: permissions are proved by writes whose condition\n"
       "no item can meet, on the name 'dynamutex-doctor', or on NAME where the IAM policy allows certain names only.\n"
       "\n"
       "  dynamutex doctor\n"
       "  dynamutex --json doctor | jq -r '.checks[] | select(.status == \"failure\") | .mend'\n"
       "\n"
       "Exit codes: 0 no failure; else what run would exit with: 69 unreachable; 77 denied; 78 configuration.\n",
       false, doctor_command},
      {"sign", "< REQUEST", "sign a pasted HTTP request, or explain its signature", sign_options(),
       "Reads a request as HTTP text from standard input and prints it with its signature. A request that has an\n"
       "X-Amz-Date is signed for that moment, to compare with what AWS said of it; its Authorization is replaced.\n"
       "Sends it to nobody. What it prints holds your session token, if you have one, and never the secret key.\n"
       "\n"
       "  dynamutex --region eu-west-1 sign < request.http\n"
       "  dynamutex sign --explain --service s3 < request.http\n"
       "  dynamutex --json sign < request.http | jq -r .headers.Authorization\n"
       "\n"
       "Exit codes: 64 the request cannot be signed; 78 no region or no credentials.\n",
       false, sign_command},
  };
  return commands;
}

}  // namespace dynamutex::cli
