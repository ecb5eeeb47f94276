# Copy this file to settings.sh beside the scripts, or say where yours is: VOUCHSAFE_SETTINGS=/etc/vouchsafe/settings.sh
# shellcheck shell=sh disable=SC2034

# Where the server is, and who you are there.
HOST=sftp.example.com
PORT=2022
ACCOUNT=banksia

# The private key whose public half the account has. Nobody else may be able to read the file.
KEY_FILE=/etc/vouchsafe/id_ed25519

# Only if the account asks for a password, alone or with the key: a file that holds it. It is never shown to other processes.
# PASSWORD_FILE=/etc/vouchsafe/password

# The server's host key, as ssh-keyscan prints it. Compare its fingerprint with the one that the product shows:
#   ssh-keyscan -p 2022 sftp.example.com > known_hosts; ssh-keygen -l -f known_hosts
KNOWN_HOSTS=/etc/vouchsafe/known_hosts

# What the scripts remember between two runs: which exports were fetched already. Made when missing.
STATE_DIR=/var/lib/vouchsafe-sftp

# How often to try when the network fails, how long to wait before the second time (then twice as long each time), and how
# many seconds one try may take at most.
ATTEMPTS=5
WAIT_SECONDS=10
TRY_SECONDS=1800
