"""A PostgreSQL server of our own: in a temporary folder, on a socket, stopped and removed at the end."""
import glob
import os
import shutil
import subprocess
import tempfile

# Nothing is synced or logged that need not be; one worker beside the backend: two cores.
SETTINGS = {
    "listen_addresses": "", "fsync": "off", "synchronous_commit": "off",
    "full_page_writes": "off", "wal_level": "minimal", "max_wal_senders": "0",
    "shared_buffers": "1GB", "work_mem": "256MB", "maintenance_work_mem": "512MB",
    "max_wal_size": "8GB", "autovacuum": "off", "jit": "off",
    "max_parallel_workers_per_gather": "1",
}

# For what must be on the disk when a commit returns.
DURABLE = {**SETTINGS, "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on",
           "wal_level": "replica"}


def find_programs():
    """The folder of initdb and pg_ctl; None if there is none."""
    found = shutil.which("initdb")
    if found:
        return os.path.dirname(os.path.realpath(found))
    folders = sorted(glob.glob("/usr/lib/postgresql/*/bin"),
                     key=lambda path: int(path.split("/")[4]))
    return folders[-1] if folders else None


class Server:
    """Use in a with statement; connection is what libpq understands, address the same as a URL."""

    def __init__(self, programs, settings=None):
        self.programs = programs
        self.settings = settings or SETTINGS
        self.folder = tempfile.mkdtemp(prefix="jh-bench-")
        self.data = os.path.join(self.folder, "data")
        self.connection = f"host={self.folder} port=5432 user=bench dbname=postgres"
        self.address = f"postgresql://bench@/postgres?host={self.folder}&port=5432"

    def run(self, program, *args):
        """The server refuses to run as root."""
        command = [os.path.join(self.programs, program), *args]
        if os.geteuid() == 0:
            command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command]
        subprocess.run(command, check=True, cwd=self.folder, stdout=subprocess.DEVNULL)

    def __enter__(self):
        if os.geteuid() == 0:
            os.chown(self.folder, 65534, 65534)
        try:
            self.run("initdb", "-D", self.data, "-U", "bench", "-A", "trust", "--encoding=UTF8",
                     "--locale=C.UTF-8", "--no-sync")
            with open(os.path.join(self.data, "postgresql.conf"), "a") as file:
                file.writelines(f"{name} = '{value}'\n" for name, value in self.settings.items())
                file.write(f"unix_socket_directories = '{self.folder}'\n")
            self.run("pg_ctl", "-D", self.data, "-w", "-l", os.path.join(self.folder, "log"),
                     "start")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        try:
            if os.path.exists(os.path.join(self.data, "postmaster.pid")):
                self.run("pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop")
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)
