"""The command against real servers, as a black box: processes, exit codes, output, and what a proxy saw on the wire."""
