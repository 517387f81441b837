/** For executables of plugins: import it before anything else (see @tapline/protocol/node-version). */
import "@tapline/protocol/node-version";
