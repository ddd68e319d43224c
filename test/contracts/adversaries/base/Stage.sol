// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BlocklistedReceiver} from "../BlocklistedReceiver.sol";
import {Censor} from "../Censor.sol";
import {ConfusedGuardian} from "../ConfusedGuardian.sol";
import {ConsistentLiarWorker} from "../ConsistentLiarWorker.sol";
import {CopycatWatchtower} from "../CopycatWatchtower.sol";
import {DustStaker} from "../DustStaker.sol";
import {FrontRunner} from "../FrontRunner.sol";
import {GarbageTreeWorker} from "../GarbageTreeWorker.sol";
import {GriefChallenger} from "../GriefChallenger.sol";
import {HonestBackup} from "../HonestBackup.sol";
import {HonestWatchtower} from "../HonestWatchtower.sol";
import {HonestWorker} from "../HonestWorker.sol";
import {InputGriefer} from "../InputGriefer.sol";
import {InputHider} from "../InputHider.sol";
import {LastSecondChallenger} from "../LastSecondChallenger.sol";
import {LastSecondWorker} from "../LastSecondWorker.sol";
import {MaliciousGovernor} from "../MaliciousGovernor.sol";
import {OmittingWorker} from "../OmittingWorker.sol";
import {OverCommitter} from "../OverCommitter.sol";
import {PaddingLiar} from "../PaddingLiar.sol";
import {ReceiptEquivocator} from "../ReceiptEquivocator.sol";
import {ReentrantConsumer} from "../ReentrantConsumer.sol";
import {Reorger} from "../Reorger.sol";
import {ReturnBombConsumer} from "../ReturnBombConsumer.sol";
import {RevertingConsumer} from "../RevertingConsumer.sol";
import {SelfChallenger} from "../SelfChallenger.sol";
import {SelfReporter} from "../SelfReporter.sol";
import {SilentChallenger} from "../SilentChallenger.sol";
import {UnbondRacer} from "../UnbondRacer.sol";
import {VoucherReplayer} from "../VoucherReplayer.sol";
import {WithholdWorker} from "../WithholdWorker.sol";
import {WrongOutputWorker} from "../WrongOutputWorker.sol";
import {Keeper} from "./Keeper.sol";
import {Referee} from "./Referee.sol";

/// @notice All the actors of the library, whose moves are called by number.
contract Stage {
    struct Move {
        uint8 actor;
        uint8[3] bits; // of each argument; zero = no more
        bytes4 selector;
    }

    Referee public arena;
    string[] internal names;
    address[] internal actors;
    Move[] internal moves;

    constructor() {
        MaliciousGovernor governor = new MaliciousGovernor();
        ConfusedGuardian guardian = new ConfusedGuardian();
        arena = new Referee(address(governor), address(guardian));
        _enterHonest();
        _enter("MaliciousGovernor", address(governor), false);
        _add("propose(uint96,uint32,uint32)", 8, 8, 8);
        _add("activate()", 0, 0, 0);
        _add("cancel()", 0, 0, 0);
        _add("seize(uint8)", 8, 0, 0);
        _enter("ConfusedGuardian", address(guardian), false);
        _add("pause(uint32)", 8, 0, 0);
        _add("flip(uint8)", 8, 0, 0);
        _enterWorkers();
        _enterChallengers();
        _enterCustomers();
        _enterIssuers();
    }

    /// @notice An actor makes a move; what is refused is refused.
    function play(uint16 move, uint256 seed) public {
        Move memory chosen = moves[move % moves.length];
        bytes memory data = abi.encodePacked(chosen.selector);
        for (uint256 i = 0; i < 3 && chosen.bits[i] > 0; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            data = bytes.concat(data, bytes32(seed >> (256 - chosen.bits[i])));
        }
        (bool success, ) = actors[chosen.actor].call(data);
        success;
    }

    /// @notice The same under another name, so that most calls are moves.
    function playOn(uint16 move, uint256 seed) external {
        play(move, seed);
    }

    function playMore(uint16 move, uint256 seed) external {
        play(move, seed);
    }

    function playAgain(uint16 move, uint256 seed) external {
        play(move, seed);
    }

    /// @notice Time passes, once in a while so much that everything ends.
    function pass(uint8 span, uint8 chance) external {
        if (chance % 32 == 0) arena.passLong();
        else arena.pass(span);
    }

    /// @notice The actor of a name.
    function actor(string calldata name) external view returns (address) {
        for (uint256 i = 0; i < names.length; ++i) {
            if (keccak256(bytes(names[i])) == keccak256(bytes(name))) return actors[i];
        }
        revert(string.concat("no actor ", name));
    }

    // THE CAST

    function _enterHonest() internal {
        HonestWorker worker = new HonestWorker();
        HonestWatchtower watchtower = new HonestWatchtower();
        HonestBackup backup = new HonestBackup();
        _enter("HonestWorker", address(worker), true);
        _add("work(bool)", 1, 0, 0);
        _add("issue(uint64)", 8, 0, 0);
        _add("leaveTiles(bool)", 1, 0, 0);
        _enter("HonestWatchtower", address(watchtower), true);
        _enter("HonestBackup", address(backup), true);
        backup.backUp(address(worker));
        arena.watch(address(worker), address(watchtower));
        arena.enter(address(new Keeper()), 0, true);
    }

    function _enterWorkers() internal {
        _enter("WrongOutputWorker", address(new WrongOutputWorker()), false);
        _add("work()", 0, 0, 0);
        _add("defend()", 0, 0, 0);
        _enter("GarbageTreeWorker", address(new GarbageTreeWorker()), false);
        _add("work()", 0, 0, 0);
        _add("defend()", 0, 0, 0);
        _enter("ConsistentLiarWorker", address(new ConsistentLiarWorker()), false);
        _add("work(uint8)", 8, 0, 0);
        _add("defend()", 0, 0, 0);
        _enter("PaddingLiar", address(new PaddingLiar()), false);
        _add("work(bool)", 1, 0, 0);
        _add("defend()", 0, 0, 0);
        _add("showNode(uint8)", 8, 0, 0);
        _enter("WithholdWorker", address(new WithholdWorker()), false);
        _add("work(uint8)", 8, 0, 0);
        _add("defend()", 0, 0, 0);
        _enter("LastSecondWorker", address(new LastSecondWorker()), false);
        _add("work()", 0, 0, 0);
        _add("defend(uint8)", 8, 0, 0);
        _enter("SelfChallenger", address(new SelfChallenger()), false);
        _add("work()", 0, 0, 0);
        _add("defend()", 0, 0, 0);
        _add("challengeSelf(uint8)", 8, 0, 0);
        _add("lose(uint8,uint8)", 8, 8, 0);
        _enter("SelfReporter", address(new SelfReporter()), false);
        _add("work()", 0, 0, 0);
        _add("defend()", 0, 0, 0);
        _add("report(uint8)", 8, 0, 0);
        _add("takeCredit()", 0, 0, 0);
        _enter("UnbondRacer", address(new UnbondRacer()), false);
        _add("work()", 0, 0, 0);
        _add("defend()", 0, 0, 0);
        _add("race()", 0, 0, 0);
        _add("takeAll()", 0, 0, 0);
        _add("comeBack()", 0, 0, 0);
        _add("issue(bool)", 1, 0, 0);
    }

    function _enterChallengers() internal {
        _enter("CopycatWatchtower", address(new CopycatWatchtower()), false);
        _add("copy(uint8)", 8, 0, 0);
        _add("follow(uint8,uint8)", 8, 8, 0);
        _enter("GriefChallenger", address(new GriefChallenger()), false);
        _add("grief(uint8)", 8, 0, 0);
        _add("descend(uint8,uint8)", 8, 8, 0);
        _enter("LastSecondChallenger", address(new LastSecondChallenger()), false);
        _add("challengeLast(uint8)", 8, 0, 0);
        _add("moveLast(uint8,uint8)", 8, 8, 0);
        _enter("SilentChallenger", address(new SilentChallenger()), false);
        _add("hush(uint8,bool)", 8, 1, 0);
        FrontRunner runner = new FrontRunner();
        _enter("FrontRunner", address(runner), false);
        _add("wake(bool)", 1, 0, 0);
        _add("showPermit(uint64)", 8, 0, 0);
        arena.setFrontRunner(address(runner));
        _enter("Reorger", address(new Reorger()), false);
        _add("forget()", 0, 0, 0);
        _add("replay(uint8,bytes32)", 8, 8, 0);
        _enter("Censor", address(new Censor()), false);
        _add("censor(uint8)", 8, 0, 0);
        _add("censorMost()", 0, 0, 0);
        _enter("DustStaker", address(new DustStaker()), false);
        _add("stakeFor(uint8,uint8)", 8, 8, 0);
        _add("stakeEther(uint8)", 8, 0, 0);
        _add("claim(uint8)", 8, 0, 0);
        _add("unbond(uint8)", 8, 0, 0);
        _add("withdraw()", 0, 0, 0);
    }

    function _enterCustomers() internal {
        _enter("RevertingConsumer", address(new RevertingConsumer()), false);
        _add("buy(bool)", 1, 0, 0);
        _enter("ReturnBombConsumer", address(new ReturnBombConsumer()), false);
        _add("buy(bool)", 1, 0, 0);
        _enter("ReentrantConsumer", address(new ReentrantConsumer()), false);
        _add("buy(bool)", 1, 0, 0);
        _enter("BlocklistedReceiver", address(new BlocklistedReceiver()), false);
        _add("buy()", 0, 0, 0);
        _add("work()", 0, 0, 0);
        _add("block_(bool)", 1, 0, 0);
        _add("takeCredit()", 0, 0, 0);
        _enter("InputHider", address(new InputHider()), false);
        _add("ask()", 0, 0, 0);
        _add("collude()", 0, 0, 0);
        _add("show(uint8)", 8, 0, 0);
        _enter("InputGriefer", address(new InputGriefer()), false);
        _add("askInput(uint8)", 8, 0, 0);
        _add("askReceipt(uint8)", 8, 0, 0);
        _add("askInclusion(uint8)", 8, 0, 0);
    }

    function _enterIssuers() internal {
        _enter("ReceiptEquivocator", address(new ReceiptEquivocator()), false);
        _add("sayBoth(uint64)", 8, 0, 0);
        _add("sayElsewhere()", 0, 0, 0);
        _add("post()", 0, 0, 0);
        _add("allotAgain()", 0, 0, 0);
        _enter("OverCommitter", address(new OverCommitter()), false);
        _add("overCommit()", 0, 0, 0);
        _add("post()", 0, 0, 0);
        _add("answerAll()", 0, 0, 0);
        _add("allotAgain()", 0, 0, 0);
        _enter("OmittingWorker", address(new OmittingWorker()), false);
        _add("issue(bool)", 1, 0, 0);
        _add("post()", 0, 0, 0);
        _add("answerAll()", 0, 0, 0);
        _add("allotAgain()", 0, 0, 0);
        _enter("VoucherReplayer", address(new VoucherReplayer()), false);
        _add("earn(uint64)", 8, 0, 0);
        _add("redeem(uint96)", 8, 0, 0);
        _add("redeemElsewhere(uint96)", 8, 0, 0);
    }

    function _enter(string memory name, address actor_, bool honest) internal {
        arena.enter(actor_, actors.length, honest);
        names.push(name);
        actors.push(actor_);
    }

    /// @notice A move of the actor that came last.
    function _add(string memory signature, uint8 first, uint8 second, uint8 third) internal {
        uint8 last = uint8(actors.length - 1);
        moves.push(Move(last, [first, second, third], bytes4(keccak256(bytes(signature)))));
    }
}
