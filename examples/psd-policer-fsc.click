// SPDX-License-Identifier: GPL-2.0-or-later
//
// The chain of psd-policer-fsc.json for FastClick. What "fmctl solve --click"
// finds is written to the device and to the three stateful elements.

define($port 0, $threads 8);

elementclass FromWire { $dev |
	dev :: FromDPDKDevice($dev, PROMISC true, MAXTHREADS $threads)
		-> Classifier(12/0800)			// IPv4 only
		-> MarkIPHeader(OFFSET 14)
		-> output
}

FromWire($port)
	-> psd :: IPortScanDetector(SIZE 1000000)
	-> policer :: IPolicer(
		SIZE 1000000	/* destinations */
	)
	-> counter :: FlowCounter
	-> ToDPDKDevice($port, BLOCKING false);
