"""The adapter that the runner starts for a function in another process: it carries lines to it and back, and needs no package.

Usage: _relay.py PORT, with a secret in LOSSPROOF_RELAY that the other side knows.
"""
import os
import socket
import sys
import threading


def main():
    with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as function:
        function.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        function.sendall(os.environ["LOSSPROOF_RELAY"].encode() + b"\n")

        def ask():
            try:
                while data := os.read(0, 1 << 16):
                    function.sendall(data)
                function.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # the function's side has gone, and the answers below end

        threading.Thread(target=ask, daemon=True).start()
        while data := function.recv(1 << 16):
            while data:
                data = data[os.write(1, data):]


if __name__ == "__main__":
    main()
